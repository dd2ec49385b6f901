/// Rows that share one schema: the unit every stage passes on.
///
/// Cells are stored by column, so that adding, dropping, and renaming columns copies nothing. Columns have positions,
/// which planning binds to names.
package struct Batch: Sendable {
    package private(set) var count = 0
    package private(set) var columns: [[Cell]]
    package private(set) var bytes: [UInt8] = []
    /// Whether the rows are of devices that are missing from a complete listing.
    package var isRemoved = false

    /// A batch with this many rows is passed on. Loads hold some at a time: with 1,000 rows each, a run needs 1.5 MB more,
    /// with 250 it takes a tenth longer.
    package static let preferredCount = 500

    /// - Parameters:
    ///   - room: the number of rows to allocate in advance. Until ``trim()``, only ``appendRow()`` and the subscript may
    ///     be used.
    ///   - bytes: the length of text to allocate in advance.
    package init(width: Int, room: Int = 0, bytes: Int = 0) {
        columns = Array(repeating: Array(repeating: .null, count: room), count: width)
        self.bytes.reserveCapacity(bytes)
    }

    package subscript(column: Int, row: Int) -> Cell {
        get { columns[column][row] }
        set { columns[column][row] = newValue }
    }

    /// Adds a row of nulls.
    package mutating func appendRow() {
        count += 1
        if let first = columns.first, first.count >= count { return }
        for column in columns.indices { columns[column].append(.null) }
    }

    /// Takes back the room without rows.
    package mutating func trim() {
        for column in columns.indices where columns[column].count > count {
            columns[column].removeLast(columns[column].count - count)
        }
    }

    /// Adds the rows of another batch of the same columns.
    package mutating func append(_ other: Batch) {
        let shift = bytes.count
        bytes += other.bytes
        for column in columns.indices {
            columns[column] += other.columns[column].map { cell in
                guard case .text(let text) = cell else { return cell }
                return .text(TextRange(start: Int(text.start) + shift, count: Int(text.count)))
            }
        }
        count += other.count
    }

    /// Adds a column of nulls at the end.
    package mutating func appendColumn() {
        columns.append(Array(repeating: .null, count: count))
    }

    /// Keeps these columns, in this order; one may be named more than once.
    package mutating func select(columns selected: [Int]) {
        columns = selected.map { columns[$0] }
    }

    /// Keeps these rows, in ascending order.
    package mutating func select(rows: [Int]) {
        for column in columns.indices {
            columns[column] = rows.map { columns[column][$0] }
        }
        count = rows.count
    }

    /// Returns the rows at these positions, in this order. A row may be repeated.
    package func rows(_ rows: [Int]) -> Batch {
        var copy = self
        copy.select(rows: rows)
        return copy
    }
}

extension Batch {
    package mutating func text(_ text: UnsafeBufferPointer<UInt8>) -> Cell {
        let start = bytes.count
        bytes.append(contentsOf: text)
        return .text(TextRange(start: start, count: text.count))
    }

    package mutating func text(_ text: some Sequence<UInt8>) -> Cell {
        let start = bytes.count
        bytes.append(contentsOf: text)
        return .text(TextRange(start: start, count: bytes.count - start))
    }

    package mutating func text(_ text: String) -> Cell { self.text(text.utf8) }

    /// The text of a cell, read in place.
    package func withText<Result, Failure>(
        _ text: TextRange,
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.extracting(text.range))
    }

    /// The text of a cell; nil if the cell is not text.
    package func string(_ cell: Cell) -> String? {
        guard case .text(let text) = cell else { return nil }
        return String(decoding: bytes[text.range], as: UTF8.self)
    }
}

extension Batch {
    /// A cell as people read it; nil for null.
    package func display(_ cell: Cell) -> String? {
        switch cell {
        case .null: nil
        case .text: string(cell)
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .boolean(let flag): String(flag)
        case .timestamp(let microseconds): Timestamp(microseconds: microseconds).description
        case .date(let days): CalendarDay(daysSince1970: Int(days)).description
        }
    }
}
