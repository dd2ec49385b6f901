import CSQLite
import GRDB
import GRDBSQLite
import Records

/// The private database in which rows wait. It also runs the queries of the file attached to it.
enum SQLiteStaging {
    static let attached = "destination"
    static let table = "main.staging"

    /// With an empty name, SQLite uses a private temporary file.
    static func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "axport load"
        configuration.busyMode = .timeout(30)
        let database = try DatabaseQueue(path: "", configuration: configuration)
        try database.writeWithoutTransaction { database in
            // These rows need not survive the process.
            try database.execute(sql: "PRAGMA main.journal_mode = OFF; PRAGMA main.synchronous = OFF")
        }
        return database
    }

    /// - Parameter place: the place of the load. It is not the cause of the failure.
    static func failure(_ error: any Error, loading place: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return Failure(
            .destinationFailed,
            "cannot load \(place): cannot use a temporary file in \(TemporaryFolder.path): \(error.words)",
            advice: TemporaryFolder.advice
        )
    }
}

extension DatabaseError {
    var words: String { message ?? "SQLite error \(resultCode.rawValue)" }
}

extension TableLoad {
    var createStaging: String {
        let columns = incoming.fields.map { "\(SQLDialect.quote($0.name)) \(SQLDialect.sqlite.spell($0.type))" }
        return "CREATE TABLE \(SQLiteStaging.table) (\(stagingColumns(columns, flagType: "INTEGER")))"
    }

    func stage(_ batch: Batch, _ database: Database) throws {
        let places = Array(repeating: "?", count: incoming.fields.count + 1).joined(separator: ", ")
        let statement = try database.cachedStatement(
            sql: "INSERT INTO \(SQLiteStaging.table) (\(stagedList)) VALUES (\(places))"
        )
        let cells = batch.columns
        try database.inTransaction {
            try batch.bytes.withUnsafeBufferPointer { bytes in
                let row = SQLiteRow(statement: statement.sqliteStatement, bytes: bytes)
                defer { row.clear() }
                for index in 0..<batch.count {
                    for (column, cells) in cells.enumerated() { row.bind(cells[index], at: column) }
                    row.bind(.boolean(batch.isRemoved), at: cells.count)
                    guard row.insert() else {
                        throw DatabaseError(
                            resultCode: database.lastErrorCode,
                            message: database.lastErrorMessage
                        )
                    }
                }
            }
            return .commit
        }
    }
}

/// A statement for one row after another. Texts are read in place.
private struct SQLiteRow {
    let statement: OpaquePointer
    let bytes: UnsafeBufferPointer<UInt8>

    func bind(_ cell: Cell, at column: Int) {
        let place = Int32(column + 1)
        switch cell {
        case .null: sqlite3_bind_null(statement, place)
        case .text(let text):
            let value = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[text.range])
            // A null pointer would bind NULL.
            guard let start = value.baseAddress, !value.isEmpty else {
                _ = csqlite_bind_copy(statement, place, "", 0)
                return
            }
            sqlite3_bind_text(statement, place, start.assumingMemoryBound(to: CChar.self), Int32(value.count), nil)
        case .integer(let number): sqlite3_bind_int64(statement, place, number)
        case .real(let number): sqlite3_bind_double(statement, place, number)
        case .boolean(let flag): sqlite3_bind_int(statement, place, flag ? 1 : 0)
        case .timestamp, .date:
            var text: [UInt8] = []
            CellText.append(cell, from: bytes, to: &text)
            let count = Int32(text.count)
            text.withUnsafeBytes {
                let start = $0.baseAddress?.assumingMemoryBound(to: CChar.self)
                _ = csqlite_bind_copy(statement, place, start, count)
            }
        }
    }

    func insert() -> Bool {
        defer { sqlite3_reset(statement) }
        return sqlite3_step(statement) == SQLITE_DONE
    }

    func clear() { sqlite3_clear_bindings(statement) }
}
