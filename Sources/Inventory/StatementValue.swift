import CSQLite
import GRDB
import GRDBSQLite

/// A value for a statement that runs for every device.
enum StatementValue {
    case null
    case integer(Int64)
    /// UTF-8.
    case text([UInt8])

    static func integer(_ number: Int64?) -> StatementValue { number.map(StatementValue.integer) ?? .null }
}

extension Statement {
    /// Runs the statement through SQLite's own functions, and visits the rows that it returns: GRDB's way of binding and
    /// stepping costs more than most statements do.
    func run(_ values: StatementValue..., visit: (StatementRow) throws -> Void = { _ in }) throws {
        let statement = sqliteStatement
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (place, value) in zip(Int32(1)..., values) {
            switch value {
            case .null: sqlite3_bind_null(statement, place)
            case .integer(let number): sqlite3_bind_int64(statement, place, number)
            case .text(let text):
                text.withUnsafeBytes {
                    let start = $0.baseAddress?.assumingMemoryBound(to: CChar.self)
                    _ = csqlite_bind_copy(statement, place, start, Int32($0.count))
                }
            }
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try visit(StatementRow(statement))
            case SQLITE_DONE: return
            default:
                let database = sqlite3_db_handle(statement)
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database)),
                    message: sqlite3_errmsg(database).map { String(cString: $0) }
                )
            }
        }
    }
}
