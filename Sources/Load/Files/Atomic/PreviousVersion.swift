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

    /// Refuses, before anything is written, a name that is taken.
    static func check(_ file: FilePlace, as us: uid_t, for name: String) throws {
        _ = try place(of: file).requireReplaceable(as: us, for: name + suffix)
    }

    /// To be called right before the new file is renamed over the old one, which stays where it is until then.
    static func keep(_ file: FilePlace, permissions: FileMode?, for name: String) throws {
        guard file.status != nil else { return }
        let previous = place(of: file)
        TemporaryFile.sweep(previous)
        let newLink = file.sibling(TemporaryFile.newName(of: previous.name))
        guard file.link(to: newLink) else { return try copy(file, permissions: permissions, for: name) }
        // Does nothing where both are links of one file already, after a kill.
        guard newLink.rename(to: previous) else {
            let failure = Descriptor.failure("replace", name + suffix)
            newLink.remove()
            throw failure
        }
        newLink.remove()
        guard let permissions else { return }
        // A third name of the file may be anybody's, and its mode is not for this load to change.
        if previous.status?.st_nlink == 2 { return try permissions.set(on: previous, for: name + suffix) }
        try copy(file, permissions: permissions, for: name)
    }

    /// For file systems without links, and for files of others, of which the system may allow none.
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
