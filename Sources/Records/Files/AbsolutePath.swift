#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Paths as messages and reports show them.
extension FilePlace {
    /// The absolute path of the same place. Links are not followed. `.` and repeated slashes are removed, and so is
    /// `..` unless a link comes before it.
    ///
    /// - Parameter folder: the folder of relative paths; default: the working directory. If that was deleted, the
    ///   path stays relative.
    package static func absolute(_ path: String, in folder: String? = nil) -> String {
        if path.hasPrefix("/") { return shortened(path) }
        guard let start = folder ?? workingFolder else { return path }
        return start.hasPrefix("/") ? shortened("\(start)/\(path)") : "\(start)/\(path)"
    }

    private static func shortened(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            let before = "/" + parts.joined(separator: "/")
            if part == "..", parts.isEmpty || (parts.last != ".." && isFolder(before)) {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Whether this is a folder, not a link to one.
    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The working directory; nil if it was deleted.
    static var workingFolder: String? {
        guard let folder = getcwd(nil, 0) else { return nil }
        defer { free(folder) }
        let path = String(cString: folder)
        return path.hasPrefix("/") ? path : nil
    }
}
