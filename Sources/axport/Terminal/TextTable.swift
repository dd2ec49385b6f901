import Records

/// A table of text, as wide as its cells.
struct TextTable {
    enum Alignment { case left, right }

    private let header: [String]
    private let alignment: [Alignment]
    private var rows: [[String]] = []
    /// Longer cells are cut.
    private let widest: Int

    init(_ header: [String], _ alignment: [Alignment] = [], widest: Int = 40) {
        self.header = header
        self.alignment = alignment
        self.widest = widest
    }

    mutating func add(_ row: [String]) { rows.append(row.map(shown)) }

    var text: String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return alignment(of: column) == .left ? cells[column] + space : space + cells[column]
            }
            let joined = padded.joined(separator: "  ")
            return String(joined[..<(joined.lastIndex { $0 != " " }.map(joined.index(after:)) ?? joined.startIndex)])
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
    }

    private func alignment(of column: Int) -> Alignment { column < alignment.count ? alignment[column] : .left }

    private func shown(_ text: String) -> String {
        let plain = text.onOneLine
        return plain.count > widest ? plain.prefix(widest - 1) + "…" : plain
    }
}

extension TextTable {
    /// Rows of a batch under the names of its columns.
    init(_ schema: Schema, _ batches: [Batch], columns: [Int]) {
        let numbers: Set<ValueType> = [.integer, .real]
        self.init(
            columns.map { schema.fields[$0].name },
            columns.map { numbers.contains(schema.fields[$0].type) ? .right : .left },
            widest: 32
        )
        for batch in batches {
            for row in 0..<batch.count { add(columns.map { batch.display(batch[$0, row]) ?? "" }) }
        }
    }
}
