#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder that is held open, so that nobody can replace it meanwhile.
package final class Folder: Sendable {
    /// Good for the `…at` calls; not for reading the folder.
    package let descriptor: Int32
    /// How it was reached, without links.
    package let path: String

    init(_ descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    package func path(of name: String) -> String {
        switch path {
        case ".": name
        case "/": "/\(name)"
        default: "\(path)/\(name)"
        }
    }

    package var status: stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }

    /// The names in it; empty if it cannot be read.
    package var names: [String] {
        let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0, let stream = fdopendir(own) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // The name is as long as the file system says, whatever the length of the field.
            let start = UnsafeRawPointer(entry) + Self.nameOffset
            names.append(String(cString: start.assumingMemoryBound(to: CChar.self)))
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    private static let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0

    /// Makes a rename inside it survive a power cut.
    package func synchronize() throws(Failure) {
        let own = Descriptor(
            number: openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
            name: "folder \(path)"
        )
        guard own.number >= 0 else { throw own.failure("open") }
        defer { close(own.number) }
        // Some network file systems refuse this for folders.
        guard fsync(own.number) == 0 || errno == EINVAL else { throw own.failure("synchronize") }
    }
}
