import Records

/// How often each value of a column came, for a message of bounded length.
struct ValueCounts {
    /// Whether only their number is told.
    let isSecret: Bool
    private var counts: [String?: Int] = [:]
    private var isComplete = true

    private static let mostCounted = 200
    private static let mostShown = 6
    private static let longest = 30

    init(isSecret: Bool) { self.isSecret = isSecret }

    mutating func add(_ value: String?) {
        if counts.count >= Self.mostCounted, counts[value] == nil {
            isComplete = false
        } else {
            counts[value, default: 0] += 1
        }
    }

    /// `is Jamf Pro (200), Jamf School (80), or empty (20)`
    var text: String {
        let number = isComplete ? "\(counts.count)" : "more than \(Self.mostCounted)"
        if isSecret, counts.count > 1 { return "has \(number) different values" }
        if isSecret { return counts[nil] == nil ? "has one value" : "is always empty" }
        let ordered = counts.sorted { ($1.value, $0.key ?? "") < ($0.value, $1.key ?? "") }
        var shown = ordered.prefix(Self.mostShown).map { value, count in
            "\(value.map { $0.onOneLine.beginning(Self.longest) } ?? "empty") (\(count))"
        }
        let rest = counts.count - shown.count
        if rest > 0 { shown.append(isComplete ? "\(counted(rest, "other value"))" : "others") }
        let last = shown.popLast() ?? "empty"
        return "is " + (shown.isEmpty ? last : "\(shown.joined(separator: ", ")) or \(last)")
    }
}
