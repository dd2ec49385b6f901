import CSQLite
import GRDB
import GRDBSQLite
import Records

/// The private database in which rows wait. It also runs the queries of the file attached to it.
enum SQLiteStaging {
    static let attached = "destination"
    static let table = "main.staging"
    /// Seconds that we wait for other writers of the file.
    static let patience = 30

    /// With an empty name, SQLite uses a private temporary file.
    static func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "axport load"
        configuration.busyMode = .timeout(Double(patience))
        // A table is filled in one transaction, batch by batch.
        configuration.allowsUnsafeTransactions = true
        let database = try DatabaseQueue(path: "", configuration: configuration)
        try database.writeWithoutTransaction { database in
            // These rows need not survive the process.
            try database.execute(sql: "PRAGMA main.journal_mode = OFF; PRAGMA main.synchronous = OFF")
        }
        return database
    }

    /// Readers see the old rows while we write. Pages are larger than SQLite's in a new file, and we keep more of them:
    /// that makes writing a third faster.
    static func prepareFile(_ database: Database) throws {
        if try Int.fetchOne(database, sql: "PRAGMA \(attached).page_count") == 0 {
            try database.execute(sql: "PRAGMA \(attached).page_size = 16384")
        }
        try database.execute(sql: "PRAGMA \(attached).cache_size = -16000; PRAGMA \(attached).journal_mode = WAL")
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
        try database.inTransaction {
            try insert(batch, into: SQLiteStaging.table, stagedList, batch.isRemoved, database)
            return .commit
        }
    }

    /// Adds rows to the table itself.
    func fill(_ batch: Batch, _ database: Database) throws {
        try insert(batch, into: target, list, nil, database)
    }

    /// - Parameter flag: the value of the last column; nil if all values are those of the batch.
    private func insert(
        _ batch: Batch,
        into table: String,
        _ columns: String,
        _ flag: Bool?,
        _ database: Database
    ) throws {
        let cells = batch.columns
        let places = Array(repeating: "?", count: cells.count + (flag == nil ? 0 : 1)).joined(separator: ", ")
        let statement = try database.cachedStatement(sql: "INSERT INTO \(table) (\(columns)) VALUES (\(places))")
        try batch.bytes.withUnsafeBufferPointer { bytes in
            let row = SQLiteRow(statement: statement.sqliteStatement, bytes: bytes)
            defer { row.clear() }
            for index in 0..<batch.count {
                for (column, cells) in cells.enumerated() { row.bind(cells[index], at: column) }
                if let flag { row.bind(.boolean(flag), at: cells.count) }
                guard row.insert() else {
                    let error = DatabaseError(
                        resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database.sqliteConnection)),
                        message: database.lastErrorMessage
                    )
                    throw keyFailure(error.extendedResultCode, row: index, of: batch) ?? error
                }
            }
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
