/// Paths as text, without a look at the disk: the files may be on another machine, or may not exist yet.
enum FilePath {
    /// An absolute path without `.` and `..`.
    static func absolute(_ path: String, in folder: String) -> String {
        shortened(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    }

    static func shortened(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The folder that contains a file. A part of the path with a placeholder, such as `{date}`, is below that folder.
    static func folder(of path: String) -> String {
        let parts = shortened(path).split(separator: "/").dropLast().prefix { !$0.contains("{") }
        return "/" + parts.joined(separator: "/")
    }

    static func lies(_ path: String, in folder: String) -> Bool {
        folder == "/" || path == folder || path.hasPrefix("\(folder)/")
    }
}
