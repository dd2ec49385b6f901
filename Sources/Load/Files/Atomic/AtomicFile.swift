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
/// If the contents are the same, the old file is not touched. A new file gets mode 0640 less the umask. An old file
/// keeps its owner and mode, unless a mode is set.
struct AtomicFile: ByteSink {
    private let name: String
    private let place: FilePlace
    private let temporary: TemporaryFile
    private let permissions: FileMode?
    private let keepsPrevious: Bool
    private var isOpen = true
    /// Whether the new contents differ from the old ones.
    private(set) var isChanged = true

    /// - Parameter newMode: the mode of a new file, whatever the umask.
    init(
        _ name: String,
        permissions: FileMode? = nil,
        keepsPrevious: Bool = false,
        isRehearsal: Bool = false,
        newMode: FileMode? = nil
    ) throws {
        self.name = name
        self.permissions = permissions
        self.keepsPrevious = keepsPrevious
        place = try FilePlace(name)
        do {
            temporary = try TemporaryFile(for: place, called: name, isRehearsal: isRehearsal)
        } catch {
            place.removeMadeFolders()
            throw error
        }
        do {
            let old = try place.requireReplaceable(as: us, for: name)
            if let old { try takeRights(of: old) }
            if keepsPrevious { try PreviousVersion.check(place, as: us, for: name) }
            if let permissions = permissions ?? (old == nil ? newMode : nil), fchmod(file.number, permissions.bits) != 0
            {
                throw file.failure("set the permissions of")
            }
        } catch {
            rollback()
            throw error
        }
    }

    private var file: Descriptor { temporary.file }

    /// The owner of files that this process creates in the folder: some file systems have one owner for all.
    private var us: uid_t { file.status?.st_uid ?? geteuid() }

    /// Gives the new file the old one's owner, group and mode, and no other permission.
    private func takeRights(of old: stat) throws {
        let list = AccessList.read(place)
        if list.isEmpty { AccessList.remove(file.number) }
        // Only root, or a member of the group, may do this. For other users, they become the file's owner.
        _ = fchown(file.number, old.st_uid, old.st_gid)
        var mode = old.st_mode & 0o777
        // Another owner or group must not inherit the permissions of the old owner or group.
        if us != old.st_uid { mode &= 0o755 }
        if file.status?.st_gid != old.st_gid { mode = mode & 0o707 | (mode & 0o007) << 3 }
        fchmod(file.number, mode)
        // An ACL that the folder gives to every file applies to the new file, too.
        guard list == AccessList.read(file.number) else {
            throw Failure(
                .destinationFailed,
                "\(name) has an access control list (ACL), which would be lost when axport replaces the file",
                advice: """
                    remove it with `setfacl -b` and set `permissions:`, or give the folder a default ACL and remove \
                    the file
                    """
            )
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
            try permissions?.set(on: place, for: name)
            return rollback()
        }
        if keepsPrevious { try PreviousVersion.keep(place, permissions: permissions, for: name) }
        guard temporary.isThere else {
            throw Failure(
                .destinationFailed,
                "cannot replace \(name): another program removed its new version while axport wrote it",
                advice: "write to a folder that only the user who runs axport can write to"
            )
        }
        guard temporary.place.rename(to: place) else { throw file.failure("replace") }
        isOpen = false
        close(file.number)
        try place.folder.synchronize()
    }

    /// Writes the contents and puts the file in place, or removes it.
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
        temporary.remove()
        place.removeMadeFolders()
    }

    /// The contents to be replaced; nil if there are none, or more than this many bytes.
    func previous(atMost longest: Int) -> [UInt8]? {
        let old = Descriptor(number: place.open(O_RDONLY), name: name)
        guard old.number >= 0 else { return nil }
        defer { close(old.number) }
        guard let size = old.status?.st_size, size <= longest else { return nil }
        return try? old.read(Int(size), at: 0)
    }

    private func isUnchanged() throws -> Bool {
        let old = Descriptor(number: place.open(O_RDONLY), name: name)
        guard old.number >= 0 else { return false }
        defer { close(old.number) }
        guard let found = old.status, found.st_size == file.status?.st_size else { return false }
        // The same file under another name may belong to others: this load must not change its mode.
        if found.st_nlink > 1, let permissions, found.st_mode & 0o7777 != permissions.bits { return false }
        return try file.read { piece, offset in
            let oldPiece = try old.read(piece.count, at: offset)
            return oldPiece.count == piece.count && memcmp(oldPiece, piece, piece.count) == 0
        }
    }
}
