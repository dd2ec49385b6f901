import Records

/// A text table. On a narrow screen some cells lose their middle, then some columns are left out; where that is not
/// enough, each row becomes a short paragraph.
struct TextTable {
    enum Alignment { case left, right }

    private(set) var header: [String]
    private var alignment: [Alignment]
    private(set) var rows: [[String]] = []
    /// Names of columns whose cells may be shortened, and of columns that may be left out, one after another.
    private var shortening: [String]
    private let leavingOut: [String]
    /// A shortened column is never narrower than this.
    private let narrowest: Int
    /// The most characters of a cell.
    private let widest: Int

    init(
        _ header: [String],
        _ alignment: [Alignment] = [],
        shortening: [String] = [],
        leavingOut: [String] = [],
        narrowest: Int = 12,
        widest: Int = .max
    ) {
        self.header = header
        self.alignment = alignment
        self.shortening = shortening
        self.leavingOut = leavingOut
        self.narrowest = narrowest
        self.widest = widest
    }

    /// A stage's name with its numbers.
    init(_ name: String, numbers: [String]) {
        self.init([name] + numbers, [.left] + numbers.map { _ in .right }, shortening: [name])
    }

    mutating func add(_ row: [String]) { rows.append(row.map { $0.onOneLine.withoutMiddle(widest) }) }

    /// - Parameter columns: the most characters of a line.
    func text(_ columns: Int) -> String {
        let table = fitted(columns)
        return table.width <= columns ? table.lines.joined(separator: "\n") : paragraphs(columns)
    }

    /// The lines of the rows, without the names of the columns.
    ///
    /// - Parameter columns: the most characters of a line.
    func bareRows(_ columns: Int) -> [String] {
        let table = fitted(columns)
        if table.width <= columns { return Array(table.lines.dropFirst(2)) }
        return paragraphs(columns, areNamed: false).split(separator: "\n").map(String.init)
    }

    /// The same with cells shortened and columns left out, as far as that goes.
    private func fitted(_ columns: Int) -> TextTable {
        var table = self
        for name in leavingOut where !table.fits(columns) { table = table.keeping { table.header[$0] != name } }
        // On a narrow screen, paragraphs say more than names of a dozen letters.
        let least = columns < Self.narrowScreen ? 2 * narrowest : narrowest
        while table.width > columns, table.shortenWidest(to: least) {}
        return table
    }

    private static let narrowScreen = 60

    private var lines: [String] {
        let widths = widths
        func line(_ cells: [String]) -> String {
            let padded = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return alignment(of: column) == .left ? cells[column] + space : space + cells[column]
            }
            let joined = padded.joined(separator: "  ")
            return String(joined[..<(joined.lastIndex { $0 != " " }.map(joined.index(after:)) ?? joined.startIndex)])
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return [line(header), rule] + rows.map(line)
    }

    /// Each row as its first cell, and below it the others that say something, with the names of their
    /// columns unless they are bare.
    private func paragraphs(_ columns: Int, areNamed: Bool = true) -> String {
        rows.map { row in
            let first = row.first ?? ""
            let rest = zip(header, row).dropFirst().filter { !$1.isEmpty && $1 != Self.nothing }.map {
                areNamed ? "\($0) \($1)" : $1
            }
            var lines = [first.withoutMiddle(columns)]
            for cell in rest {
                let cell = cell.withoutMiddle(columns - 3)
                if lines.count > 1, lines[lines.count - 1].count + cell.count + 3 <= columns {
                    lines[lines.count - 1] += ", \(cell)"
                } else {
                    if lines.count > 1 { lines[lines.count - 1] += "," }
                    lines.append("  \(cell)")
                }
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private var widths: [Int] {
        header.indices.map { column in rows.reduce(header[column].count) { max($0, $1[column].count) } }
    }

    private var width: Int { widths.reduce(-2) { $0 + $1 + 2 } }

    private func alignment(of column: Int) -> Alignment { column < alignment.count ? alignment[column] : .left }

    /// Whether the columns that may be shortened can make it fit.
    private func fits(_ columns: Int) -> Bool {
        let spare = zip(header, widths).reduce(0) { sum, column in
            sum + (shortening.contains(column.0) ? max(0, column.1 - max(narrowest, column.0.count)) : 0)
        }
        return width - spare <= columns
    }

    /// - Returns: false if all these columns have their least width.
    private mutating func shortenWidest(to least: Int) -> Bool {
        let widths = widths
        let some = header.indices.filter {
            shortening.contains(header[$0]) && widths[$0] > max(least, header[$0].count)
        }
        guard let widest = some.max(by: { widths[$0] < widths[$1] }) else { return false }
        for row in rows.indices { rows[row][widest] = rows[row][widest].withoutMiddle(widths[widest] - 1) }
        return true
    }

    private func keeping(_ isKept: (Int) -> Bool) -> TextTable {
        let kept = header.indices.filter(isKept)
        var table = self
        table.header = kept.map { header[$0] }
        table.alignment = kept.map(alignment(of:))
        table.rows = rows.map { row in kept.map { row[$0] } }
        return table
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

    /// Tables of at most this width that together have all columns. Each begins with the first column.
    func parts(_ columns: Int) -> [String] {
        let widths = widths
        guard let first = widths.first, width > columns else { return [text(columns)] }
        var parts: [[Int]] = []
        var used = Int.max
        for column in header.indices.dropFirst() {
            let more = widths[column] + 2
            if used == Int.max || used + more > columns {
                parts.append([0])
                used = first
            }
            parts[parts.count - 1].append(column)
            used += more
        }
        return parts.map { part in
            var table = keeping(part.contains)
            table.shortening = table.header
            return table.text(columns)
        }
    }
}

extension TextTable {
    /// The rows of batches under their column names.
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
