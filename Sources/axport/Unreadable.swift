import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a file or folder that somebody names cannot be read.
enum Unreadable {
    case missing, denied, folder, noFolder, irregular, unknown

    static let permission = "give this user permission to read it and to enter its folders"

    init(_ path: String, wantsFolder: Bool = false) {
        var status = stat()
        if stat(path, &status) != 0 {
            self = errno == ENOENT || errno == ENOTDIR ? .missing : .denied
            return
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        if isFolder != wantsFolder {
            self = isFolder ? .folder : .noFolder
        } else if access(path, R_OK) != 0, errno == EACCES {
            self = .denied
        } else {
            self = isFolder || status.st_mode & S_IFMT == S_IFREG ? .unknown : .irregular
        }
    }

    static func file(_ path: String) -> Problem { Unreadable(path).problem(of: "file") }

    static func folder(_ path: String) -> Problem { Unreadable(path, wantsFolder: true).problem(of: "folder") }

    private func problem(of wanted: String) -> Problem {
        switch self {
        case .missing: Problem("the \(wanted) does not exist")
        case .denied: Problem("the \(wanted) cannot be read: Permission denied", hint: Self.permission)
        case .folder: Problem("it is a folder", hint: "name a file in it")
        case .noFolder: Problem("it is not a folder")
        case .irregular: Problem("it is not a regular file")
        case .unknown: Problem("the \(wanted) cannot be read")
        }
    }
}
