import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that does not exist yet. It appears with all of its text, or not at all.
struct NewFile {
    let path: String
    let mode: mode_t
    /// Whether an existing file may be replaced.
    let isForced: Bool

    /// Refuses a file that exists, and a folder that cannot be written to. Creates nothing.
    func require() throws(Failure) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.isRegular else { throw notAFile }
            guard isForced else { throw exists }
        }
        if path.hasSuffix("/") { throw notAFile }
        // Missing folders are made.
        var folder = FilePath.folder(of: FilePlace.absolute(path))
        while access(folder, F_OK) != 0, folder != "/" { folder = FilePath.folder(of: folder) }
        guard access(folder, W_OK) == 0 else { throw Descriptor.failure("write", path) }
    }

    func write(_ text: String) throws {
        let place = try FilePlace(path)
        do {
            if place.status.map({ !$0.isRegular }) == true { throw notAFile }
            let new = place.sibling(".\(place.name).\(getpid())")
            let file = Descriptor(number: new.make(mode: 0o600), name: path)
            guard file.number >= 0 else { throw file.failure("write") }
            defer {
                close(file.number)
                new.remove()
            }
            try file.write(Array(text.utf8))
            guard fchmod(file.number, mode) == 0, fsync(file.number) == 0 else { throw file.failure("write") }
            if isForced {
                guard new.rename(to: place) else { throw file.failure("replace") }
            } else if !new.link(to: place) {
                throw errno == EEXIST ? exists : file.failure("write")
            }
        } catch {
            place.removeMadeFolders()
            throw error
        }
    }

    /// Removes the file again.
    func remove() { unlink(path) }

    private var exists: Failure {
        Failure(.usage, "\(path) exists", advice: "name another file with -o, or replace it with --force")
    }

    private var notAFile: Failure {
        Failure(
            .usage,
            "\(path) is not a regular file",
            advice: "name a file, such as nightly.axport.yaml, or - for stdout"
        )
    }
}
