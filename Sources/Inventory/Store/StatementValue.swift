import CSQLite
import GRDB
import GRDBSQLite

/// A value for a statement that runs, or finds a row, for every device.
enum StatementValue {
    case null
    case integer(Int64)
    /// UTF-8.
    case text([UInt8])

    static func integer(_ number: Int64?) -> StatementValue { number.map(StatementValue.integer) ?? .null }
    static func text(_ text: String) -> StatementValue { .text(Array(text.utf8)) }

    fileprivate func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        switch self {
        case .null: sqlite3_bind_null(statement, place)
        case .integer(let number): sqlite3_bind_int64(statement, place, number)
        case .text(let text):
            text.withUnsafeBytes {
                let start = $0.baseAddress?.assumingMemoryBound(to: CChar.self)
                return csqlite_bind_copy(statement, place, start, Int32($0.count))
            }
        }
    }
}

extension Statement {
    /// Runs the statement through SQLite's own functions and visits the rows that it returns. GRDB's way of binding
    /// and stepping costs more than most statements do.
    ///
    /// - Parameter values: one for each parameter of the statement.
    func run(_ values: [StatementValue] = [], visit: (StatementRow) throws -> Void = { _ in }) throws {
        let statement = sqliteStatement
        precondition(sqlite3_bind_parameter_count(statement) == values.count, "values for \(sql)")
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        func check(_ result: Int32, _ expected: Int32) throws {
            if result == expected { return }
            throw DatabaseError(
                resultCode: ResultCode(rawValue: result),
                message: sqlite3_errmsg(sqlite3_db_handle(statement)).map { String(cString: $0) }
            )
        }
        for (place, value) in zip(Int32(1)..., values) { try check(value.bind(to: statement, at: place), SQLITE_OK) }
        var result = sqlite3_step(statement)
        while result == SQLITE_ROW {
            try visit(StatementRow(statement))
            result = sqlite3_step(statement)
        }
        try check(result, SQLITE_DONE)
    }
}
