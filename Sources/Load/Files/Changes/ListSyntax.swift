import Records

/// What became of a row since consumers got the list.
enum RowChange: String, CaseIterable, Sendable {
    case new, changed, gone

    /// The column in a file of changes.
    static let column = "change"
}

/// A row as it stands in a file, without its line end.
struct ListedRow: Sendable {
    /// What identifies the row.
    let key: [UInt8]
    let text: [UInt8]
    /// Only in a file of changes.
    var change: RowChange?
}

/// Finds the rows in the lines of a written file: of a list, or of a file of changes.
protocol ListReader {
    /// A line feed between two of these is data; nil if every line feed ends a line.
    var quote: UInt8? { get }
    /// The row in the next line; nil if the line belongs to the frame.
    mutating func row(in line: ArraySlice<UInt8>) throws(UnlikeList) -> ListedRow?
}

/// Reads lists of one format, and writes their changes.
protocol ListSyntax: Sendable {
    /// - Parameter hasChanges: whether it is a file of changes.
    func reader(hasChanges: Bool) -> any ListReader
    /// The text around the rows of a file of changes.
    var preamble: [UInt8] { get }
    var postamble: [UInt8] { get }
    func append(_ change: RowChange, _ row: [UInt8], isFirst: Bool, to output: inout [UInt8])
}

/// The file is not one of these settings: its rows cannot be compared.
struct UnlikeList: Error {
    let cause: String
}
