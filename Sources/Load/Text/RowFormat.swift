import Records

/// How a row becomes bytes in a file.
protocol RowFormat: Sendable {
    /// What stands before the first row and after the last one.
    var preamble: [UInt8] { get }
    var postamble: [UInt8] { get }
    /// The byte between two of which a line feed is data; nil where each one ends a row.
    var quote: UInt8? { get }
    /// - Parameter isFirst: no row stands before these.
    func append(_ batch: Batch, isFirst: Bool, to output: inout [UInt8]) throws
}

extension RowFormat {
    var preamble: [UInt8] { [] }
    var postamble: [UInt8] { [] }
    var quote: UInt8? { nil }
}
