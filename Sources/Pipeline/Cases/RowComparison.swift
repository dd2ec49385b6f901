import Records
import Stages

/// Compares the rows of a load with those that a case expects.
struct RowComparison {
    let schema: Schema
    let expected: [ExpectedRow]
    /// The values of each row, as ``Batch/comparable(_:as:)`` writes them.
    private let found: [[String?]]
    /// What the rows are in a message.
    private let row: String

    init(_ rows: Sample.Rows, _ expected: [ExpectedRow], named row: String) {
        schema = rows.schema
        self.expected = expected
        self.row = row
        found = (0..<rows.batch.count).map { index in
            rows.schema.fields.indices.map { column in
                rows.batch.comparable(rows.batch[column, index], as: rows.schema.fields[column].type)
            }
        }
    }

    /// One line for each difference.
    var differences: [String] {
        let pairs = pairs
        let missing = expected.indices.filter { pairs[$0] == nil }
        let surplus = found.indices.filter { !pairs.values.contains($0) }
        var lines = expected.indices.flatMap { valueDifferences(of: $0, in: pairs) }
        for index in missing { lines.append("\(row) \(index + 1) is missing: \(described(expected[index].cells))") }
        let shown = shown
        for index in surplus {
            let cells = shown.map { (column: $0, value: found[index][$0]) }
            lines.append("a \(row) is not expected: \(described(cells))")
        }
        return lines + order(pairs)
    }

    /// For each expected row the one that is equal, or else the one that has the most equal values, or the only one
    /// that is left.
    private var pairs: [Int: Int] {
        var pairs: [Int: Int] = [:]
        var free = Set(found.indices)
        for index in expected.indices {
            guard let equal = free.sorted().first(where: { score(index, $0) == expected[index].cells.count }) else {
                continue
            }
            pairs[index] = equal
            free.remove(equal)
        }
        for index in expected.indices where pairs[index] == nil {
            let best = free.sorted().max { score(index, $0) < score(index, $1) }
            let isOnly = free.count == 1 && expected.count - pairs.count == 1
            guard let best, isOnly || score(index, best) > 0 else { continue }
            pairs[index] = best
            free.remove(best)
        }
        return pairs
    }

    private func score(_ index: Int, _ other: Int) -> Int {
        expected[index].cells.count { found[other][$0.column] == $0.value }
    }

    private func valueDifferences(of index: Int, in pairs: [Int: Int]) -> [String] {
        guard let other = pairs[index] else { return [] }
        return expected[index].cells.filter { found[other][$0.column] != $0.value }.map { cell in
            let values = "expected \(Self.quoted(cell.value)), got \(Self.quoted(found[other][cell.column]))"
            return "\(row) \(index + 1), \(schema.fields[cell.column].name): \(values)"
        }
    }

    /// The first row that comes before the one it should follow.
    private func order(_ pairs: [Int: Int]) -> [String] {
        let order = expected.indices.compactMap { index in pairs[index].map { (expected: index, found: $0) } }
        guard let wrong = zip(order, order.dropFirst()).first(where: { $0.found > $1.found }) else { return [] }
        return ["\(row) \(wrong.1.expected + 1) comes before \(row) \(wrong.0.expected + 1)"]
    }

    /// The columns that any expected row names, or else the first that have a value.
    private var shown: [Int] {
        let named = Set(expected.flatMap { $0.cells.filter { $0.value != nil }.map(\.column) })
        if !named.isEmpty { return named.sorted() }
        return Array(schema.fields.indices.filter { column in found.contains { $0[column] != nil } }.prefix(6))
    }

    private func described(_ cells: [(column: Int, value: String?)]) -> String {
        cells.filter { $0.value != nil }
            .map { "\(schema.fields[$0.column].name): \($0.value ?? "")" }.joined(separator: ", ")
    }

    private static func quoted(_ value: String?) -> String { value.map { "'\($0)'" } ?? "nothing" }
}
