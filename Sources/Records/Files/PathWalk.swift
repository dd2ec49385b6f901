#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Follows a path, folder by folder, and checks every link first.
///
/// Another user's link may lead anywhere, so it is refused, as the kernel does in folders that everybody can write to
/// (fs.protected_symlinks). An open file of a process, such as the target of /dev/stdout, is refused too: it is not a
/// place.
struct PathWalk {
    /// What becomes of a missing folder on the way.
    enum MissingFolders {
        case made
        /// Not made, but the walk fails if it must not be.
        case expected
        case left
    }

    /// The path as given, for messages.
    private let whole: String
    private let missing: MissingFolders
    private let followsLast, trustsLinks: Bool
    private(set) var folder: Folder
    /// The components that are left, the next one last.
    private var rest: [String]
    private var links = 0
    /// Whether the path leads to an open file of a process.
    private(set) var leadsToProcess = false
    private(set) var made: [(folder: Folder, name: String)] = []

    private static let mostLinks = 40

    /// - Parameters:
    ///   - followsLast: false for the path itself, even if it is a link.
    ///   - trustsLinks: true only to see where links lead.
    init(_ path: String, missing: MissingFolders, followsLast: Bool = true, trustsLinks: Bool = false) throws(Failure) {
        whole = path
        self.trustsLinks = trustsLinks
        self.missing = missing
        self.followsLast = followsLast
        rest = Self.parts(of: path)
        folder = try Self.begin(path, for: path)
    }

    private static func parts(of path: String) -> [String] { path.split(separator: "/").reversed().map(String.init) }

    private static func begin(_ path: String, for whole: String) throws(Failure) -> Folder {
        let start = path.hasPrefix("/") ? "/" : "."
        let descriptor = openat(AT_FDCWD, start, Self.pathOnly | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Descriptor.failure("write", whole) }
        return Folder(descriptor, path: start)
    }

    /// The path without links, as far as it is resolved.
    var reached: String {
        rest.reversed().reduce(folder.path) { $0 == "." ? $1 : $0 == "/" ? "/\($1)" : "\($0)/\($1)" }
    }

    /// The next component, which is missing.
    var missingName: String? { rest.last }

    /// The last component, once all folders are open; nil if a folder is missing and is not created.
    mutating func name() throws(Failure) -> String? {
        while let next = rest.last {
            if next == "." {
                rest.removeLast()
                continue
            }
            if holdsOpenFiles { throw refuseProcess() }
            let entry = openat(folder.descriptor, next, Self.pathOnly | O_NOFOLLOW | O_CLOEXEC)
            guard entry >= 0 else {
                if errno == ENOENT, rest.count == 1 { return next }
                if errno == ENOENT {
                    if try make(next) { continue }
                    return nil
                }
                throw Descriptor.failure("write", whole)
            }
            var status = stat()
            fstat(entry, &status)
            let isLast = rest.count == 1
            if status.st_mode & S_IFMT == S_IFLNK, followsLast || !isLast {
                defer { close(entry) }
                try follow(next, entry, status)
            } else if isLast, next != ".." {
                close(entry)
                return next
            } else {
                try enter(next, entry, status)
            }
        }
        throw Failure(.destinationFailed, "\(whole) names a folder, not a file", advice: "name a file in it")
    }

    private mutating func enter(_ name: String, _ entry: Int32, _ status: stat) throws(Failure) {
        guard status.st_mode & S_IFMT == S_IFDIR else {
            close(entry)
            errno = ENOTDIR
            throw Descriptor.failure("write", whole)
        }
        rest.removeLast()
        folder = Folder(entry, path: name == ".." ? parent : folder.path(of: name))
    }

    private var parent: String {
        guard folder.path != "/" else { return "/" }
        let parts = folder.path.split(separator: "/")
        if folder.path == "." || parts.last == ".." { return folder.path(of: "..") }
        let start = folder.path.hasPrefix("/") ? "/" : ""
        return parts.count == 1 && start.isEmpty ? "." : start + parts.dropLast().joined(separator: "/")
    }

    private mutating func follow(_ name: String, _ link: Int32, _ status: stat) throws(Failure) {
        let place = folder.path(of: name)
        guard trustsLinks || status.st_uid == geteuid() || status.st_uid == 0 else {
            throw Failure(
                .destinationFailed,
                "\(whole): the link \(place) belongs to \(Self.user(status.st_uid)), who can change its target",
                advice: "name the target itself, or create the link as the user who runs axport"
            )
        }
        links += 1
        guard links <= Self.mostLinks, let target = Self.target(of: link) else {
            errno = links > Self.mostLinks ? ELOOP : EIO
            throw Descriptor.failure("write", whole)
        }
        rest.removeLast()
        rest += Self.parts(of: target)
        if target.hasPrefix("/") { folder = try Self.begin(target, for: whole) }
    }

    /// Creates a missing folder if the path itself names it, not if a link does.
    private mutating func make(_ name: String) throws(Failure) -> Bool {
        if missing == .left { return false }
        guard links == 0 else {
            throw Failure(
                .destinationFailed,
                "\(whole) is a link to \(reached), and the folder \(folder.path(of: name)) does not exist",
                advice: "create that folder, or remove the link"
            )
        }
        if missing == .expected { return false }
        if mkdirat(folder.descriptor, name, 0o755) == 0 {
            made.append((folder, name))
        } else if errno != EEXIST {
            // Another load may have just created it.
            throw Descriptor.failure("make", "folder \(folder.path(of: name))")
        }
        return true
    }

    /// Whether the folder is /proc/self/fd or a similar folder.
    private var holdsOpenFiles: Bool { folder.path.hasSuffix("/fd") && folder.status?.st_dev == Self.processes }

    private mutating func refuseProcess() -> Failure {
        leadsToProcess = true
        return Failure(
            .destinationFailed,
            "\(whole) is an open file of a process",
            advice: "name a file, or `-` for standard output"
        )
    }

    private static func user(_ id: uid_t) -> String {
        guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "user \(id)" }
        return "\(String(cString: name)) (user \(id))"
    }

    /// The device that /proc is on; nil if there is no /proc.
    private static let processes: dev_t? = {
        var (proc, root) = (stat(), stat())
        guard stat("/proc", &proc) == 0, stat("/", &root) == 0, proc.st_dev != root.st_dev else { return nil }
        return proc.st_dev
    }()

    private static func target(of link: Int32) -> String? {
        let text = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            #if canImport(Darwin)
                count = max(0, Int(freadlink(link, start, buffer.count)))
            #else
                count = max(0, readlinkat(link, "", start, buffer.count))
            #endif
        }
        return text.isEmpty ? nil : String(validating: text, as: UTF8.self)
    }

    #if canImport(Darwin)
        private static let pathOnly = O_RDONLY | O_SYMLINK | O_NONBLOCK
    #else
        /// O_PATH, which Swift's Glibc lacks: opens the file itself, readable or not.
        private static let pathOnly: Int32 = 0o10_000_000
    #endif
}
