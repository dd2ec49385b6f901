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
    /// Writes what follows the last row.
    func end(_ output: inout [UInt8]) throws
    /// The number of rows in a file of an earlier load; nil if its lines tell.
    func rows(in file: Descriptor) throws -> Int?
}

extension RowFormat {
    var preamble: [UInt8] { [] }
    var postamble: [UInt8] { [] }
    var quote: UInt8? { nil }
    func end(_ output: inout [UInt8]) { output += postamble }
    func rows(in file: Descriptor) -> Int? { nil }
}
