/// One value of a row. Texts, lists, and JSON are in the batch's bytes; a cell has their position.
package enum Cell: Sendable, Hashable {
    case null
    /// UTF-8. For a list or a JSON column: a JSON value.
    case text(TextRange)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
    /// Microseconds since 1970-01-01T00:00:00Z.
    case timestamp(Int64)
    /// Days since 1970-01-01.
    case date(Int32)

    package var isNull: Bool { if case .null = self { true } else { false } }
}

/// The position of a text in a batch's bytes.
package struct TextRange: Sendable, Hashable {
    package let start: UInt32
    package let count: UInt32

    package init(start: Int, count: Int) {
        self.start = UInt32(start)
        self.count = UInt32(count)
    }

    package var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
