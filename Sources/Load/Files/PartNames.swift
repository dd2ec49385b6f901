/// Where a load's file or files go.
struct PartNames: Sendable {
    /// The name of the list as a whole, whether split or not.
    let whole: String
    let isSplit: Bool

    init(_ path: String, isSplit: Bool) {
        whole = path
        self.isSplit = isSplit
    }

    /// The same name, split where this one is whole, and whole where this one is split.
    var otherForm: PartNames { PartNames(whole, isSplit: !isSplit) }

    /// The path of a part, counted from 1: its number stands before the first point of the name.
    func part(_ number: Int) -> String {
        guard isSplit else { return whole }
        let nameStart = whole.lastIndex(of: "/").map(whole.index(after:)) ?? whole.startIndex
        let name = whole[nameStart...]
        let point = name.dropFirst().firstIndex(of: ".") ?? whole.endIndex
        let digits = String(number)
        return whole[..<point] + "-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
            + whole[point...]
    }

    /// The files of an earlier load, from a part on.
    func existing(from first: Int, _ exists: (String) -> Bool) -> [String] {
        guard isSplit else { return exists(whole) ? [whole] : [] }
        var found: [String] = []
        while exists(part(first + found.count)) { found.append(part(first + found.count)) }
        return found
    }
}
