/// The paths of a load's file or files.
struct PartNames: Sendable {
    /// The path of the whole list, split or not.
    let whole: String
    let isSplit: Bool

    init(_ path: String, isSplit: Bool) {
        whole = path
        self.isSplit = isSplit
    }

    /// The names of the same list, split instead of whole or whole instead of split.
    var otherForm: PartNames { PartNames(whole, isSplit: !isSplit) }

    /// The path of a part. Parts are numbered from 1; the number comes before the first period of the name.
    func part(_ number: Int) -> String {
        guard isSplit else { return whole }
        let nameStart = whole.lastIndex(of: "/").map(whole.index(after:)) ?? whole.startIndex
        let name = whole[nameStart...]
        let point = name.dropFirst().firstIndex(of: ".") ?? whole.endIndex
        let digits = String(number)
        return whole[..<point] + "-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
            + whole[point...]
    }

    /// The existing files of an earlier load, starting with a part.
    func existing(from first: Int, _ exists: (String) -> Bool) -> [String] {
        guard isSplit else { return exists(whole) ? [whole] : [] }
        var found: [String] = []
        while exists(part(first + found.count)) { found.append(part(first + found.count)) }
        return found
    }
}
