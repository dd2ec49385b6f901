import Records
import Stages

/// The rows of a table of sources: a CSV with a column `name` and others that are named like settings of a source. The
/// separator is a comma, a semicolon, or a tab. Empty lines, and those that begin with `#`, do not count.
struct SourceRows {
    struct Row {
        /// Without one that can be used, the table's name and the line.
        var name: String
        let location: SourceLocation
        /// The cells with a value, but for the name.
        var values: [(column: String, text: String)] = []
        var problems: [Diagnostic] = []
    }

    private(set) var rows: [Row] = []
    private let file: String
    private let separator: Character
    private var columns: [String] = []

    /// A quoted value has at most this many lines: a key has fewer.
    private static let mostLines = 64
    /// Each source is planned before the first one runs.
    static let most = 100_000

    /// - Throws: if the columns are not those of a table of sources.
    init(_ text: String, file: String) throws(PlanError) {
        self.file = file
        let lines = text.trimmingPrefix("\u{FEFF}").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let head = lines.firstIndex(where: { !Self.isEmpty($0) }) else {
            let hint = "its first line names the columns: name,client_id,key_id,private_key"
            throw PlanError([Diagnostic("the table is empty", hint: hint, at: Self.place(file, 1))])
        }
        separator =
            [",", ";", "\t"].max { left, right in
                lines[head].count { $0 == left } < lines[head].count { $0 == right }
            } ?? ","
        columns = cells(lines[head])
        try checkColumns(at: Self.place(file, head + 1))
        var line = head + 1
        while line < lines.count {
            line += Self.isEmpty(lines[line]) ? 1 : read(lines[line...], at: line)
        }
        if rows.count > Self.most {
            let problem = "the table has \(rows.count) rows, more than the limit of \(Self.most)"
            throw PlanError([Diagnostic(problem, at: Self.place(file, 1))])
        }
    }

    private static func place(_ file: String, _ line: Int) -> SourceLocation {
        SourceLocation(file: file, line: line, column: 1)
    }

    private static func isEmpty(_ line: Substring) -> Bool {
        line.allSatisfy { $0.isWhitespace || ",;".contains($0) } || line.hasPrefix("#")
    }

    private func cells(_ text: some StringProtocol) -> [String] {
        var records = CSVRecords(text, separator: separator)
        return records.next() ?? []
    }

    private func checkColumns(at place: SourceLocation) throws(PlanError) {
        let known = SourceSettings.spec.settings.map(\.name)
        var problems: [Diagnostic] = []
        for (index, column) in columns.enumerated() {
            if !known.contains(column) {
                problems.append(Diagnostic(unknownName("column", column, known: known), at: place))
            } else if columns[..<index].contains(column) {
                problems.append(Diagnostic("the column '\(column)' is there twice", at: place))
            }
        }
        if !columns.contains("name") {
            problems.append(Diagnostic("no column is named 'name'", hint: "each source needs one", at: place))
        }
        if !problems.isEmpty { throw PlanError(problems) }
    }

    /// Reads the row that begins with the first of these lines. A quote that is not closed, or not where it should be,
    /// costs this line only.
    ///
    /// - Returns: the number of its lines.
    private mutating func read(_ lines: ArraySlice<Substring>, at index: Int) -> Int {
        var text = lines.first.map(String.init) ?? ""
        var count = 1
        while !Self.isClosed(text), count < min(lines.count, Self.mostLines) {
            text += "\n" + lines[index + count]
            count += 1
        }
        let place = Self.place(file, index + 1)
        let unnamed = "\(file.split(separator: "/").last ?? ""):\(index + 1)"
        var row = Row(name: unnamed, location: place)
        func refuse(_ problem: Problem) { row.problems.append(Diagnostic(problem, at: place)) }
        guard Self.isClosed(text) else {
            refuse(Problem("a quote in this row is not closed", hint: "write two quotes for one within a value"))
            rows.append(row)
            return 1
        }
        let cells = cells(text)
        if cells.count != columns.count {
            refuse(
                Problem(
                    "the row has \(counted(cells.count, "value")), and the table \(counted(columns.count, "column"))",
                    hint: "put a value that contains '\(separator == "\t" ? "tab" : String(separator))' in quotes"
                )
            )
            rows.append(row)
            return 1
        }
        let values = zip(columns, cells).filter { !$1.isEmpty }
        let name = values.first { $0.0 == "name" }?.1 ?? ""
        if let problem = Self.problem(ofName: name) { refuse(problem) } else { row.name = name }
        row.values = values.filter { $0.0 != "name" }.map { (column: $0.0, text: $0.1) }
        rows.append(row)
        return count
    }

    private static func isClosed(_ text: String) -> Bool { text.utf8.count { $0 == UInt8(ascii: "\"") } % 2 == 0 }

    /// Names are parts of file names, of variables, and of commands.
    static func problem(ofName name: String) -> Problem? {
        if name.isEmpty { return Problem("the source has no name") }
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if isPlain, name.utf8.count <= 64, !name.hasPrefix("-") { return nil }
        return Problem(
            "the name '\(name.prefix(64))' cannot be used",
            hint: "a name has up to 64 letters from a to z, digits, `_` and `-`, and does not begin with `-`"
        )
    }
}
