/// Counts by name. Names beyond a number that no fleet has share one count, so that memory stays the same.
struct CountTable: Sendable {
    private static let mostNames = 2000

    private(set) var counts: [String: Int] = [:]
    /// Of the names that are not told apart.
    private(set) var others = 0

    var total: Int { counts.values.reduce(others, +) }

    mutating func add(_ name: String) {
        if counts[name] == nil, counts.count >= Self.mostNames {
            others += 1
        } else {
            counts[name, default: 0] += 1
        }
    }

    /// The most frequent names, then the rest in one row.
    ///
    /// - Parameter most: how many names have a row.
    func rows(atMost most: Int) -> [(name: String, count: Int)] {
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let rest = sorted.dropFirst(most)
        let others = rest.reduce(self.others) { $0 + $1.value }
        let named = sorted.prefix(most).map { (name: $0.key, count: $0.value) }
        guard others > 0 else { return named }
        let names = self.others > 0 ? "more than \(rest.count)" : "\(rest.count)"
        return named + [(name: "others (\(names))", count: others)]
    }
}
