/// Paths by their names alone: they are those of another machine, or of a time to come.
enum FilePath {
    /// Absolute, and without `.` and `..`.
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

    /// The folder that holds a file. A part of the path with a placeholder, such as `{date}`, is below it.
    static func folder(of path: String) -> String {
        let parts = shortened(path).split(separator: "/").dropLast().prefix { !$0.contains("{") }
        return "/" + parts.joined(separator: "/")
    }

    static func lies(_ path: String, in folder: String) -> Bool {
        folder == "/" || path == folder || path.hasPrefix("\(folder)/")
    }
}
