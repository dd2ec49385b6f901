import Records

/// A text table, as wide as its cells.
struct TextTable {
    enum Alignment { case left, right }
    /// How long cells are shortened.
    enum Room {
        /// Cells are cut at the end, to this many characters.
        case cells(Int)
        /// Cells of the first column are cut in the middle, so that lines have at most this many characters.
        case lines(Int)
    }

    private var header: [String]
    private var alignment: [Alignment]
    private var rows: [[String]] = []
    private let room: Room

    init(_ header: [String], _ alignment: [Alignment] = [], room: Room = .cells(40)) {
        self.header = header
        self.alignment = alignment
        self.room = room
    }

    /// A stage's name with its numbers, limited to the width of a terminal.
    init(_ name: String, numbers: [String]) {
        self.init([name] + numbers, [.left] + numbers.map { _ in .right }, room: .lines(80))
    }

    mutating func add(_ row: [String]) { rows.append(row.map(shown)) }

    /// The first column is never narrower than this, however many columns follow it.
    static let narrowestName = 12

    var text: String {
        var rows = rows
        if case .lines(let most) = room {
            let others = widths(rows).dropFirst().reduce(0) { $0 + $1 + 2 }
            for row in rows.indices {
                rows[row][0] = rows[row][0].withoutMiddle(max(most - others, Self.narrowestName))
            }
        }
        let widths = widths(rows)
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

    private func widths(_ rows: [[String]]) -> [Int] {
        header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    }

    private func alignment(of column: Int) -> Alignment { column < alignment.count ? alignment[column] : .left }

    private func shown(_ text: String) -> String {
        let plain = text.onOneLine
        guard case .cells(let widest) = room, plain.count > widest else { return plain }
        return plain.prefix(widest - 1) + "…"
    }
}

extension TextTable {
    private static let nothing = "·"

    /// A number as a cell.
    static func cell(_ number: Int) -> String { number == 0 ? nothing : String(number) }

    /// The table without the columns in which no row has a number.
    var withoutEmptyColumns: TextTable {
        keeping { column in rows.isEmpty || rows.contains { $0[column] != Self.nothing } }
    }
}

extension TextTable {
    private static let narrowest = 8

    /// The table in lines of at most this many characters, if possible. Cells of some columns are cut in the middle;
    /// then some columns are removed, one after another.
    func fitting(_ most: Int, shortening names: [String], leavingOut optional: [String]) -> TextTable {
        var table = self
        for name in optional where !table.fits(most, shortening: names) {
            table = table.keeping { table.header[$0] != name }
        }
        while table.width > most, table.shortenWidest(of: names) {}
        return table
    }

    private var width: Int { widths(rows).reduce(-2) { $0 + $1 + 2 } }

    private func fits(_ most: Int, shortening names: [String]) -> Bool {
        let spare = zip(header, widths(rows)).reduce(0) { sum, column in
            sum + (names.contains(column.0) ? max(0, column.1 - Self.narrowest) : 0)
        }
        return width - spare <= most
    }

    /// - Returns: false if all these columns have their least width.
    private mutating func shortenWidest(of names: [String]) -> Bool {
        let widths = widths(rows)
        let columns = header.indices.filter { names.contains(header[$0]) && widths[$0] > Self.narrowest }
        guard let widest = columns.max(by: { widths[$0] < widths[$1] }) else { return false }
        for row in rows.indices { rows[row][widest] = rows[row][widest].withoutMiddle(widths[widest] - 1) }
        return true
    }

    private func keeping(_ isKept: (Int) -> Bool) -> TextTable {
        let kept = header.indices.filter(isKept)
        var table = TextTable(kept.map { header[$0] }, kept.map(alignment(of:)), room: room)
        table.rows = rows.map { row in kept.map { row[$0] } }
        return table
    }
}

extension String {
    /// The text in at most this many characters. The end of a path is more important than its beginning.
    fileprivate func withoutMiddle(_ most: Int) -> String {
        if count <= most { return self }
        let head = (most - 1) * 2 / 5
        return "\(prefix(head))…\(suffix(most - 1 - head))"
    }
}

extension TextTable {
    /// The rows of batches under their column names.
    init(_ schema: Schema, _ batches: [Batch], columns: [Int]) {
        let numbers: Set<ValueType> = [.integer, .real]
        self.init(
            columns.map { schema.fields[$0].name },
            columns.map { numbers.contains(schema.fields[$0].type) ? .right : .left },
            room: .cells(32)
        )
        for batch in batches {
            for row in 0..<batch.count { add(columns.map { batch.display(batch[$0, row]) ?? "" }) }
        }
    }
}
