#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The version of a file that a new one replaces, kept beside it.
enum PreviousVersion {
    static let suffix = ".previous"

    /// To be called right before the new file is renamed over the old one, which stays where it is until then.
    static func keep(_ path: String, permissions: FileMode?) throws {
        guard access(path, F_OK) == 0 else { return }
        // Not the name of a temporary file, which the next load would empty and write to.
        let nameStart = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
        let newLink = "\(path[..<nameStart]).\(path[nameStart...]).previous-link.axport"
        unlink(newLink)
        guard link(path, newLink) == 0 else { return try copy(path, permissions: permissions) }
        // Does nothing where both are links of one file already, after a kill.
        guard rename(newLink, path + suffix) == 0 else {
            let failure = Descriptor(number: -1, name: path + suffix).failure("replace")
            unlink(newLink)
            throw failure
        }
        unlink(newLink)
        try permissions?.set(on: path + suffix)
    }

    /// For file systems without links, and for files of others, of which the system may allow none.
    static func copy(_ path: String, permissions: FileMode?) throws {
        let old = Descriptor(number: open(path, O_RDONLY | O_CLOEXEC), name: path)
        guard old.number >= 0 else { throw old.failure("read") }
        defer { close(old.number) }
        let mode = permissions ?? old.status.map { FileMode(bits: $0.st_mode & 0o777) }
        var copy = try AtomicFile(path + suffix, permissions: mode)
        try copy.replace { copy in
            _ = try old.read { piece, _ in
                try copy.write(piece)
                return true
            }
        }
    }
}
