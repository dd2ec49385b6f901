#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A name in an open folder. No operation on it follows a link, so other users cannot redirect it.
package struct FilePlace: Sendable {
    package let folder: Folder
    package let name: String
    /// Folders that were missing and were created, outermost first.
    private let made: [(folder: Folder, name: String)]

    /// The path, without links.
    package var path: String { folder.path(of: name) }

    /// Finds the place of a path. Links on the way and at its end are followed if this user or root made them. A link
    /// whose target is missing leads to the place of that target. Missing folders are created (0755).
    ///
    /// - Parameter followsLast: false for the path itself, even if it is a link.
    package init(_ path: String, followsLast: Bool = true) throws(Failure) {
        var walk = try PathWalk(path, missing: .made, followsLast: followsLast)
        do throws(Failure) {
            guard let name = try walk.name() else { throw Descriptor.failure("write", path) }
            self.init(walk.folder, name, made: walk.made)
        } catch {
            Self.remove(walk.made)
            throw error
        }
    }

    init(_ folder: Folder, _ name: String, made: [(folder: Folder, name: String)] = []) {
        self.folder = folder
        self.name = name
        self.made = made
    }

    /// Another name in the same folder.
    package func sibling(_ name: String) -> FilePlace { FilePlace(folder, name) }

    /// The status of the file itself, even if it is a link.
    package var status: stat? {
        var status = stat()
        return fstatat(folder.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// Whether this user may read and write the file, which is not opened for it. If not, `errno` says why.
    package var mayBeChanged: Bool { faccessat(folder.descriptor, name, R_OK | W_OK, AT_EACCESS) == 0 }

    /// Like open(2), but only for this name in this folder.
    package func open(_ flags: Int32, mode: mode_t = 0) -> Int32 {
        openat(folder.descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
    }

    /// Creates a file; returns -1 if one exists. The folder's default access list gives nobody else access, unless
    /// this user or root set that list.
    package func make(mode: mode_t) -> Int32 {
        let file = open(O_RDWR | O_CREAT | O_EXCL, mode: mode)
        removeForeignAccess(file)
        return file
    }

    private func removeForeignAccess(_ file: Int32) {
        if file >= 0, let owner = folder.status?.st_uid, owner != geteuid(), owner != 0 { AccessList.remove(file) }
    }

    /// The same for a file without a name, which nobody else can find and which ends when it is closed. Not every file
    /// system has such files.
    package func makeNameless(mode: mode_t) -> Int32 {
        #if canImport(Darwin)
            errno = EOPNOTSUPP
            return -1
        #else
            // O_TMPFILE, which Swift's Glibc lacks.
            let flags = 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC
            let file = openat(folder.descriptor, ".", flags, mode)
            removeForeignAccess(file)
            return file
        #endif
    }

    package func rename(to other: FilePlace) -> Bool {
        renameat(folder.descriptor, name, other.folder.descriptor, other.name) == 0
    }

    package func link(to other: FilePlace) -> Bool {
        linkat(folder.descriptor, name, other.folder.descriptor, other.name, 0) == 0
    }

    @discardableResult
    package func remove() -> Bool { unlinkat(folder.descriptor, name, 0) == 0 }

    /// Removes the folders that were created, unless they have files by now.
    package func removeMadeFolders() { Self.remove(made) }

    private static func remove(_ made: [(folder: Folder, name: String)]) {
        for (folder, name) in made.reversed() { unlinkat(folder.descriptor, name, AT_REMOVEDIR) }
    }
}

extension FilePlace {
    /// What is at the end of a path.
    package struct Sight: Sendable {
        /// Absolute and without links, as far as the folders exist.
        package let path: String
        package let status: stat?
        /// Whether the path leads to an open file of a process, such as /dev/stderr.
        package let isOpenFile: Bool

        package func isSameFile(as other: Sight) -> Bool {
            if path == other.path { return true }
            guard let status, let found = other.status else { return false }
            return status.isSameFile(as: found)
        }
    }

    /// Reports where a path leads and what is there, whoever made the links. Creates and opens nothing.
    package static func look(_ path: String) -> Sight {
        let absolute = path.hasPrefix("/") ? path : "\(workingFolder ?? "")/\(path)"
        guard var walk = try? PathWalk(absolute, missing: .left, trustsLinks: true) else {
            return Sight(path: absolute, status: nil, isOpenFile: false)
        }
        let place = (try? walk.name()).flatMap { $0 }.map { FilePlace(walk.folder, $0) }
        return Sight(path: place?.path ?? walk.reached, status: place?.status, isOpenFile: walk.leadsToProcess)
    }

    /// The names in the folder that the path leads to; empty if the folder does not exist.
    package static func names(beside path: String) -> [String] {
        guard var walk = try? PathWalk(path, missing: .left), (try? walk.name()) != nil else { return [] }
        return walk.folder.names
    }

    /// Whether a path is one of the names that systems give to standard output.
    package static func isStandardOutput(_ path: String) -> Bool {
        if path == "-" { return true }
        let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        return path.hasPrefix("/") && ["dev/stdout", "dev/fd/1", "proc/self/fd/1"].contains(parts)
    }
}

extension stat {
    package var isRegular: Bool { st_mode & S_IFMT == S_IFREG }

    package func isSameFile(as other: stat) -> Bool { st_ino == other.st_ino && st_dev == other.st_dev }
}

/// Checks before a file is replaced.
extension FilePlace {
    /// Refuses anything but a file, and a file that another user may have created.
    ///
    /// - Parameter us: the owner of files that this process creates in the folder; some file systems map owners.
    package func requireReplaceable(as us: uid_t = geteuid(), for name: String) throws(Failure) -> stat? {
        guard let old = status else { return nil }
        guard old.isRegular else {
            throw Failure(
                .destinationFailed,
                "\(name) is not a regular file, so it cannot be replaced as a whole",
                advice: "choose another name, or `-` for standard output"
            )
        }
        if old.st_uid == us || isOursAlone(us) { return old }
        throw Failure(
            .destinationFailed,
            """
            \(name) belongs to another user (\(old.st_uid)), in a folder that others can write to, so axport does not \
            trust it
            """,
            advice: "inspect and remove it, or write to a folder that only the user who runs axport can write to"
        )
    }

    /// Refuses to remove a file of a longer list that another user may have created.
    package func requireRemovable(for name: String) throws(Failure) {
        guard let status, status.st_mode & S_IFMT == S_IFLNK, status.st_uid == geteuid() else {
            _ = try requireReplaceable(for: name)
            return
        }
    }

    /// Also refuses, for a file that is changed in place, a hard link to a file elsewhere.
    package func requireOwnInPlace(for name: String) throws(Failure) {
        guard let old = try requireReplaceable(for: name), old.st_nlink > 1, !isOursAlone(geteuid()) else { return }
        throw Failure(
            .destinationFailed,
            "\(name) is a hard link in a folder that others can write to, so axport does not trust it",
            advice: "inspect and remove it, or write to a folder that only the user who runs axport can write to"
        )
    }

    /// Whether only this user and root can create files in the folder.
    private func isOursAlone(_ us: uid_t) -> Bool {
        guard let status = folder.status else { return false }
        return [us, geteuid(), 0].contains(status.st_uid) && status.st_mode & 0o022 == 0
    }

    /// The contents of a file that this user owns; nil if there is none.
    package var ownBytes: [UInt8]? {
        let file = Descriptor(number: open(O_RDONLY), name: path)
        guard file.number >= 0 else { return nil }
        defer { close(file.number) }
        guard let status = file.status, status.isRegular, status.st_uid == geteuid() else { return nil }
        var bytes: [UInt8] = []
        let isRead = try? file.read { piece, _ in
            bytes += piece
            return true
        }
        return isRead == true ? bytes : nil
    }
}
