import Records

/// The database operations of a load. Not shared between tasks.
protocol SQLConnection {
    /// Runs one statement and returns the number of rows it wrote.
    @discardableResult
    func execute(_ sql: String) throws -> Int
    func rows(_ sql: String) throws -> [[String?]]
    /// Runs a statement that the table does not depend on, such as a comment.
    func comment(_ sql: String) throws
    /// The same as ``execute(_:)``, but a failed statement does not undo the work before it.
    @discardableResult
    func guarded(_ sql: String) throws -> Int
    /// Explains an error of a guarded statement by a row of a table; nil if the error has another cause, such as a
    /// column that the rows lack.
    func breach(_ error: any Error, in table: TableName, of rows: Schema) -> RuleBreach?
    /// Runs a statement that compares this many staged rows with the target and changes only staged rows.
    func compare(_ rows: Int, _ sql: String) throws -> Int
    /// Runs a query that finds rows of the target which were used just before.
    func rowsInUse(_ sql: String) throws -> [[String?]]
    /// Inserts rows that do not seem to exist, and returns their number. An upsert checks each row, which can add half
    /// the cost. If a row exists after all, the upsert runs instead.
    func insert(_ sql: String, orWhereKeysAreTaken upsert: String) throws -> Int
    /// The existing table; nil if there is none.
    func inspect(_ table: TableName) throws -> TargetTable?
    /// A name for a new index of a table, with a space after it; empty if the database chooses the name.
    func freeIndexName(for table: TableName) throws -> String
}

extension SQLConnection {
    func comment(_ sql: String) throws { try execute(sql) }

    func compare(_ rows: Int, _ sql: String) throws -> Int { try execute(sql) }

    func rowsInUse(_ sql: String) throws -> [[String?]] { try rows(sql) }

    func insert(_ sql: String, orWhereKeysAreTaken upsert: String) throws -> Int { try execute(upsert) }

    func count(_ sql: String) throws -> Int { try numbers(sql).first ?? 0 }

    /// The numbers in the only row of a query.
    func numbers(_ sql: String) throws -> [Int] {
        try rows(sql).first.map { $0.map { $0.flatMap { Int($0) } ?? 0 } } ?? []
    }
}
