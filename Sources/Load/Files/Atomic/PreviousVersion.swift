import Records

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

    private static func place(of file: FilePlace) -> FilePlace { file.sibling(file.name + suffix) }

    /// Refuses a name that is already in use, before anything is written.
    static func check(_ file: FilePlace, as us: uid_t, for name: String) throws {
        _ = try place(of: file).requireReplaceable(as: us, for: name + suffix)
    }

    /// Call this right before the new file is renamed over the old one. Until then the old file keeps its name.
    static func keep(_ file: FilePlace, permissions: FileMode?, for name: String) throws {
        guard file.status != nil else { return }
        let previous = place(of: file)
        TemporaryFile.sweep(previous)
        let newLink = file.sibling(TemporaryFile.newName(of: previous.name))
        guard file.link(to: newLink) else { return try copy(file, permissions: permissions, for: name) }
        // After a kill, both may already be links of one file. The rename then does nothing.
        guard newLink.rename(to: previous) else {
            let failure = Descriptor.failure("replace", name + suffix)
            newLink.remove()
            throw failure
        }
        newLink.remove()
        guard let permissions else { return }
        // A third name of the file may belong to others: this load must not change its mode.
        if previous.status?.st_nlink == 2 { return try permissions.set(on: previous, for: name + suffix) }
        try copy(file, permissions: permissions, for: name)
    }

    /// For file systems without links, and for files of other users, which the system may not allow to link.
    static func copy(_ file: FilePlace, permissions: FileMode?, for name: String) throws {
        let old = Descriptor(number: file.open(O_RDONLY), name: name)
        guard old.number >= 0 else { throw old.failure("read") }
        defer { close(old.number) }
        let mode = permissions ?? old.status.map { FileMode(bits: $0.st_mode & 0o777) }
        var copy = try AtomicFile(place(of: file).path, permissions: mode)
        try copy.replace { copy in
            _ = try old.read { piece, _ in
                try copy.write(piece)
                return true
            }
        }
    }
}
