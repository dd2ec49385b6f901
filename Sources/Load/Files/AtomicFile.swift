import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is replaced as a whole: written beside the old one, synchronized, renamed over it.
///
/// A file that would come out the same is not touched. A new one gets mode 0640 less the umask; an old one's mode and
/// owner are kept, unless a mode is asked for.
struct AtomicFile: ByteSink {
    private let path: String
    private let temporaryPath: String
    private let folders: Folders
    private let file: Descriptor
    private let permissions: FileMode?
    private let keepsPrevious: Bool
    private var isOpen = true
    /// Whether the new contents differ from the old ones.
    private(set) var isChanged = true

    init(_ name: String, permissions: FileMode? = nil, keepsPrevious: Bool = false) throws {
        self.permissions = permissions
        self.keepsPrevious = keepsPrevious
        path = Self.followingLinks(name)
        folders = try Folders(of: path)
        var old = stat()
        let isReplacement = stat(path, &old) == 0
        do {
            guard !isReplacement || old.st_mode & S_IFMT == S_IFREG else {
                throw Failure(
                    .destinationFailed,
                    "\(name) is not a regular file, so it cannot be replaced as a whole",
                    advice: "choose another name, or `-` for standard output"
                )
            }
            // One name for all runs, so that what a killed run left behind is used up by the next one.
            temporaryPath = "\(folders.path)/\(Self.temporaryName(of: path))"
            file = try Self.lock(temporaryPath, for: name)
        } catch {
            folders.removeMade()
            throw error
        }
        if isReplacement {
            // Only root, or a member of the group, may do this; for others the file becomes theirs.
            _ = fchown(file.number, old.st_uid, old.st_gid)
            fchmod(file.number, old.st_mode & 0o7777)
        }
        if let permissions, fchmod(file.number, permissions.bits) != 0 {
            let failure = file.failure("set the permissions of")
            rollback()
            throw failure
        }
    }

    static func temporaryName(of path: String) -> String { ".\(FilePart.name(path)).axport" }

    private static func followingLinks(_ name: String) -> String {
        guard let resolved = realpath(name, nil) else { return name }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Opens the temporary file, empty and for this process alone.
    private static func lock(_ temporaryPath: String, for name: String) throws -> Descriptor {
        while true {
            let number = open(temporaryPath, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o640)
            let file = Descriptor(number: number, name: name)
            guard number >= 0 else { throw file.failure("write") }
            guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
                defer { close(number) }
                guard errno == EWOULDBLOCK else { throw file.failure("lock") }
                throw Failure(
                    .locked,
                    "another load is writing \(name)",
                    advice: "wait for that run to end, and give each load a file of its own"
                )
            }
            // Its former owner may have renamed it between the two calls.
            var found = stat()
            if stat(temporaryPath, &found) == 0, let own = file.status, own.st_ino == found.st_ino {
                guard ftruncate(number, 0) == 0 else {
                    defer { close(number) }
                    throw file.failure("write")
                }
                return file
            }
            close(number)
        }
    }

    func write(_ bytes: [UInt8]) throws { try file.write(bytes) }

    var contents: Descriptor { file }

    mutating func finish() throws {
        isChanged = try !isUnchanged()
        guard !isChanged || fsync(file.number) == 0 else { throw file.failure("synchronize") }
    }

    mutating func commit() throws {
        guard isChanged else {
            try permissions?.set(on: path)
            return rollback()
        }
        if keepsPrevious { try PreviousVersion.keep(path, permissions: permissions) }
        guard rename(temporaryPath, path) == 0 else { throw file.failure("replace") }
        isOpen = false
        close(file.number)
        try folders.synchronize()
    }

    /// Writes all of it and puts it in place, or takes it back.
    mutating func replace(_ write: (AtomicFile) throws -> Void) throws {
        do {
            try write(self)
            try finish()
            try commit()
        } catch {
            rollback()
            throw error
        }
    }

    mutating func rollback() {
        guard isOpen else { return }
        isOpen = false
        unlink(temporaryPath)
        close(file.number)
        folders.removeMade()
    }

    private func isUnchanged() throws -> Bool {
        let old = Descriptor(number: open(path, O_RDONLY | O_CLOEXEC), name: path)
        guard old.number >= 0 else { return false }
        defer { close(old.number) }
        guard let size = old.status?.st_size, size == file.status?.st_size else { return false }
        return try file.read { piece, offset in
            let oldPiece = try old.read(piece.count, at: offset)
            return oldPiece.count == piece.count && memcmp(oldPiece, piece, piece.count) == 0
        }
    }
}
