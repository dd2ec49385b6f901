import Records

/// The form of a row in a file.
protocol RowFormat: Sendable {
    /// Text before the first row and after the last one.
    var preamble: [UInt8] { get }
    var postamble: [UInt8] { get }
    /// The quote character: a line feed between two of them is data. Nil if every line feed ends a row.
    var quote: UInt8? { get }
    /// - Parameter isFirst: whether these are the first rows.
    func append(_ batch: Batch, isFirst: Bool, to output: inout [UInt8]) throws
}

extension RowFormat {
    var preamble: [UInt8] { [] }
    var postamble: [UInt8] { [] }
    var quote: UInt8? { nil }
}
