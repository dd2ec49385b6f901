/// Where a load's file or files go.
struct FilePath: Sendable {
    private let path: String
    let isSplit: Bool

    init(_ path: String, isSplit: Bool) {
        self.path = path
        self.isSplit = isSplit
    }

    /// The same name, split where this one is whole, and whole where this one is split.
    var otherForm: FilePath { FilePath(path, isSplit: !isSplit) }

    /// The path of a part, counted from 1: its number stands before the first point of the name.
    func part(_ number: Int) -> String {
        guard isSplit else { return path }
        let nameStart = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
        let name = path[nameStart...]
        let point = name.dropFirst().firstIndex(of: ".") ?? path.endIndex
        let digits = String(number)
        return path[..<point] + "-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + path[point...]
    }

    /// The files of an earlier load, from a part on.
    func existing(from first: Int, _ exists: (String) -> Bool) -> [String] {
        guard isSplit else { return exists(path) ? [path] : [] }
        var found: [String] = []
        while exists(part(first + found.count)) { found.append(part(first + found.count)) }
        return found
    }
}
