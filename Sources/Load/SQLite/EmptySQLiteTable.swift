import GRDB
import Records

/// Fills a table of ours that is missing or empty, in a transaction that ends with the session.
extension TableLoad {
    /// Begins the transaction and, if need be, creates the table. False if the rows must be staged: because of what the
    /// load does beside adding rows, because the table is not as we create it, or because somebody else writes the file.
    func beginFilling(_ found: TargetTable?, _ connection: SQLiteConnection) throws -> Bool {
        guard onlyAdds, try found == nil || isOursAndEmpty(connection) else { return false }
        let database = connection.database
        do {
            try database.execute(sql: "PRAGMA busy_timeout = 0")
            defer { try? database.execute(sql: "PRAGMA busy_timeout = \(SQLiteStaging.patience * 1000)") }
            try SQLiteStaging.prepareFile(database)
            try database.execute(sql: "BEGIN IMMEDIATE")
        } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
            return false
        }
        // Somebody may have created or filled it before we had the lock.
        guard try found?.columns == connection.inspect(table)?.columns,
            try found == nil || isOursAndEmpty(connection)
        else {
            try database.execute(sql: "ROLLBACK")
            return false
        }
        if found == nil { try prepare(table, for: schema, found: nil, on: connection) }
        return true
    }

    private func isOursAndEmpty(_ connection: SQLiteConnection) throws -> Bool {
        let statements = try connection.rows(
            """
            SELECT sql FROM \(SQLiteStaging.attached).sqlite_master
            WHERE tbl_name = \(SQLDialect.literal(table.name)) COLLATE NOCASE AND sql IS NOT NULL
            """
        )
        guard statements == [dialect.createTable(schema, named: table.quoted)] else { return false }
        return try connection.rows("SELECT 1 FROM \(target) LIMIT 1").isEmpty
    }

    /// What is wrong with the key of a row that the table refuses; nil if it is not the key.
    ///
    /// - Parameter code: SQLite's extended result code.
    func keyFailure(_ code: ResultCode, row: Int, of batch: Batch) -> Failure? {
        switch code {
        case .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_UNIQUE:
            repeatedKeys([schema.key.map { name in incoming.index(of: name).flatMap { batch.display(batch[$0, row]) } }]
            )
        case .SQLITE_CONSTRAINT_NOTNULL: missingKeys("a row for \(table) has")
        default: nil
        }
    }
}
