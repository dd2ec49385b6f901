import GRDB
import GRDBSQLite
import Records

/// The private database in which rows wait, and what is asked of the file attached to it.
enum SQLiteStaging {
    static let attached = "destination"
    static let table = "main.staging"

    /// An empty name is a database of SQLite's own, in a temporary file that nobody else sees.
    static func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "axport load"
        configuration.busyMode = .timeout(30)
        let database = try DatabaseQueue(path: "", configuration: configuration)
        try database.writeWithoutTransaction { database in
            // What is lost with the process need not survive it.
            try database.execute(sql: "PRAGMA main.journal_mode = OFF; PRAGMA main.synchronous = OFF")
        }
        return database
    }

    /// - Parameter place: the load's own, which is not what failed.
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

extension Merge {
    var createStaging: String {
        let columns = schema.fields.map { "\(SQLDialect.quote($0.name)) \(SQLDialect.sqlite.spell($0.type))" }
        let all = (columns + [SQLDialect.quote(Self.removedFlag)]).joined(separator: ", ")
        return "CREATE TABLE \(SQLiteStaging.table) (\(all))"
    }

    /// The table; nil when there is none. Throws when it cannot take the rows.
    func target(in database: Database) throws -> TargetTable? {
        let name = SQLDialect.literal(table.name)
        let attached = SQLDialect.literal(SQLiteStaging.attached)
        let columns = try Row.fetchAll(
            database,
            sql: "SELECT name, type, hidden, pk FROM pragma_table_xinfo(\(name), \(attached))"
        )
        if columns.isEmpty { return nil }
        let indexed = try Row.fetchAll(
            database,
            sql: """
                SELECT list.name AS "index", info.name AS "column"
                FROM pragma_index_list(\(name), \(attached)) AS list,
                    pragma_index_info(list.name, \(attached)) AS info
                WHERE list."unique" AND NOT list.partial
                """
        )
        var uniqueKeys: [String: Set<String>] = [:]
        // An expression has no name; an index with one is no key of ours.
        for row in indexed { uniqueKeys[row["index"], default: []].insert(row["column"] ?? "") }
        let primaryKey = columns.filter { $0["pk"] as Int > 0 }.map { $0["name"] as String }
        let found = TargetTable(
            columns: columns.map { row in
                let type: String = row["type"]
                return TargetTable.Column(
                    name: row["name"],
                    type: type,
                    baseType: type,
                    isGenerated: row["hidden"] as Int > 1
                )
            },
            uniqueKeys: uniqueKeys.values + [Set(primaryKey)]
        )
        try found.check(schema, as: table, mode: mode, .sqlite)
        return found
    }

    func stage(_ batch: Batch, _ database: Database) throws {
        let places = Array(repeating: "?", count: schema.fields.count + 1).joined(separator: ", ")
        let statement = try database.cachedStatement(sql: "INSERT INTO \(SQLiteStaging.table) VALUES (\(places))")
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

/// A statement that is given one row after the other. Texts are read in place.
private struct SQLiteRow {
    let statement: OpaquePointer
    let bytes: UnsafeBufferPointer<UInt8>

    /// SQLITE_TRANSIENT, which Swift cannot import: SQLite makes its own copy.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    func bind(_ cell: Cell, at column: Int) {
        let place = Int32(column + 1)
        switch cell {
        case .null: sqlite3_bind_null(statement, place)
        case .text(let text):
            let value = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[text.range])
            // A null pointer would bind NULL.
            guard let start = value.baseAddress, !value.isEmpty else {
                sqlite3_bind_text(statement, place, "", 0, Self.copied)
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
                _ = sqlite3_bind_text(statement, place, start, count, Self.copied)
            }
        }
    }

    func insert() -> Bool {
        defer { sqlite3_reset(statement) }
        return sqlite3_step(statement) == SQLITE_DONE
    }

    func clear() { sqlite3_clear_bindings(statement) }
}

struct SQLiteConnection: SQLConnection {
    let database: Database

    func execute(_ sql: String) throws -> Int {
        try database.execute(sql: sql)
        return database.changesCount
    }

    func rows(_ sql: String) throws -> [[String?]] {
        try Row.fetchAll(database, sql: sql).map { row in
            row.databaseValues.map { value in
                switch value.storage {
                case .null, .blob: nil
                case .int64(let number): "\(number)"
                case .double(let number): "\(number)"
                case .string(let text): text
                }
            }
        }
    }
}
