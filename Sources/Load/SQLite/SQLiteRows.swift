import CSQLite
import GRDB
import Records

/// Gives the rows of a batch to a statement, one after another: each column is one of its parameters.
///
/// Texts are read in place, and a parameter that is null in both of two rows is not set again: most of a row is text or
/// null, and most of the time goes into setting parameters.
struct SQLiteRows: ~Copyable {
    private let prepared: Statement
    private let statement: OpaquePointer
    private let columns: Range<Int>
    private var cells: CellBlock
    private let bytes: UnsafeBufferPointer<UInt8>
    private var isNull: [Bool]
    /// For moments and days, which take 25 bytes at most, a slot for each column.
    private let texts: UnsafeMutableBufferPointer<UInt8>
    private var text: [UInt8] = []

    private static let slot = 32

    /// - Parameters:
    ///   - statement: its parameters have the numbers of the columns. A column without one is left out.
    ///   - bytes: those of the batch, which outlive this.
    init(_ batch: Batch, _ statement: Statement, _ bytes: UnsafeBufferPointer<UInt8>) {
        prepared = statement
        self.statement = statement.sqliteStatement
        self.bytes = bytes
        columns = batch.columns.indices
        cells = CellBlock(batch)
        isNull = Array(repeating: true, count: columns.count)
        texts = .allocate(capacity: columns.count * Self.slot)
        sqlite3_clear_bindings(self.statement)
    }

    deinit {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
        texts.deallocate()
    }

    /// Runs the statement for a row, up to its first result. Returns SQLite's result code.
    mutating func step(_ row: Int) -> Int32 {
        let start = cells.start(of: row)
        for column in columns { bind(cells[start + column], at: column) }
        return sqlite3_step(statement)
    }

    /// A column of the result.
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// Call it before the next row. Errors were already returned by ``step(_:)``.
    func reset() { sqlite3_reset(statement) }

    private mutating func bind(_ cell: Cell, at column: Int) {
        let place = Int32(column + 1)
        if case .null = cell {
            if !isNull[column] { sqlite3_bind_null(statement, place) }
            isNull[column] = true
            return
        }
        isNull[column] = false
        switch cell {
        case .null: break
        case .text(let text):
            // A null pointer would bind NULL.
            guard let start = bytes.baseAddress, text.count > 0 else {
                _ = csqlite_bind_copy(statement, place, "", 0)
                return
            }
            bind(start + Int(text.start), Int(text.count), at: place)
        case .integer(let number): sqlite3_bind_int64(statement, place, number)
        case .real(let number): sqlite3_bind_double(statement, place, number)
        case .boolean(let flag): sqlite3_bind_int(statement, place, flag ? 1 : 0)
        case .timestamp, .date:
            text.removeAll(keepingCapacity: true)
            CellText.append(cell, from: bytes, to: &text)
            let slot = UnsafeMutableBufferPointer(rebasing: texts[column * Self.slot..<(column + 1) * Self.slot])
            let end = slot.update(fromContentsOf: text)
            if let start = slot.baseAddress { bind(UnsafePointer(start), end, at: place) }
        }
    }

    private func bind(_ text: UnsafePointer<UInt8>, _ count: Int, at place: Int32) {
        text.withMemoryRebound(to: CChar.self, capacity: count) {
            _ = sqlite3_bind_text(statement, place, $0, Int32(count), nil)
        }
    }
}

extension TableLoad {
    /// Adds the rows to a table.
    ///
    /// - Parameter flag: the value of the last column; nil if all values are those of the batch.
    func insert(
        _ batch: Batch,
        into table: String,
        _ columns: String,
        flag: Bool?,
        _ database: Database
    ) throws {
        var places = Array(repeating: "?", count: batch.columns.count)
        if let flag { places.append(flag ? "1" : "0") }
        let statement = try database.cachedStatement(
            sql: "INSERT INTO \(table) (\(columns)) VALUES (\(places.joined(separator: ", ")))"
        )
        try batch.bytes.withUnsafeBufferPointer { bytes in
            var rows = SQLiteRows(batch, statement, bytes)
            for row in 0..<batch.count {
                guard rows.step(row) == SQLITE_DONE else {
                    let error = database.lastError
                    throw keyFailure(error.extendedResultCode, row: row, of: batch) ?? error
                }
                rows.reset()
            }
        }
    }
}

extension Database {
    /// What went wrong in a statement that we ran by SQLite's own functions.
    var lastError: DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(sqliteConnection)),
            message: lastErrorMessage
        )
    }
}
