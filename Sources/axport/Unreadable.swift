import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a file or folder that somebody names cannot be read.
enum Unreadable {
    static func file(_ path: String) -> Problem { why(path, "file") }

    static func folder(_ path: String) -> Problem { why(path, "folder") }

    private static func why(_ path: String, _ wanted: String) -> Problem {
        var status = stat()
        if stat(path, &status) != 0 {
            return errno == ENOENT || errno == ENOTDIR ? Problem("the \(wanted) does not exist") : denied(wanted)
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        if isFolder != (wanted == "folder") {
            return isFolder ? Problem("it is a folder", hint: "name a file in it") : Problem("it is not a folder")
        }
        if access(path, R_OK) != 0, errno == EACCES { return denied(wanted) }
        let isRegular = isFolder || status.st_mode & S_IFMT == S_IFREG
        return Problem(isRegular ? "the \(wanted) cannot be read" : "it is not a regular file")
    }

    private static func denied(_ wanted: String) -> Problem {
        Problem(
            "the \(wanted) cannot be read: Permission denied",
            hint: "give this user permission to read it and to enter its folders"
        )
    }
}
