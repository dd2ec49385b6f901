#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open folder, so that nobody can replace it in the meantime.
package final class Folder: Sendable {
    /// Works for the `…at` calls, not for reading the folder.
    package let descriptor: Int32
    /// The path by which it was opened, without links.
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

    /// The names in the folder; empty if it cannot be read.
    package var names: [String] {
        let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0, let stream = fdopendir(own) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // The record's length limits the name, not the declared size of the field.
            let start = UnsafeRawPointer(entry) + Self.nameOffset
            names.append(String(cString: start.assumingMemoryBound(to: CChar.self)))
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    private static let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0

    /// Makes renames in the folder survive a power failure.
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
