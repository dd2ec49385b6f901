#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Paths as messages and reports show them.
extension FilePlace {
    /// The same place by a path from the root. Links are not followed; `.`, repeated slashes and, where no link stands
    /// before it, `..` are left out.
    ///
    /// - Parameter folder: what a relative path is relative to; default: the working directory. If that is gone, the path
    ///   stays relative.
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

    /// Whether a folder stands there itself, not a link to one.
    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Nil if it was removed.
    static var workingFolder: String? {
        guard let folder = getcwd(nil, 0) else { return nil }
        defer { free(folder) }
        let path = String(cString: folder)
        return path.hasPrefix("/") ? path : nil
    }
}
