import Records

/// What loading a table asks of a database. Not shared between tasks.
protocol SQLConnection {
    /// Runs one statement and returns the number of rows it wrote.
    @discardableResult
    func execute(_ sql: String) throws -> Int
    func rows(_ sql: String) throws -> [[String?]]
    /// Runs a statement without which the table is as good.
    func comment(_ sql: String) throws
    /// The same as ``execute(_:)``; what went before stands where the statement fails.
    @discardableResult
    func guarded(_ sql: String) throws -> Int
    /// What an error of a guarded statement says about a row of a table; nil if it is about something else, such as a
    /// column that no row brings.
    func breach(_ error: any Error, in table: TableName, of rows: Schema) -> RuleBreach?
    /// Runs a statement that compares this many staged rows with the target and changes staged rows only.
    func compare(_ rows: Int, _ sql: String) throws -> Int
    /// Writes rows of which none seems to be there, and says how many. Asking about each, as an upsert does, can cost half
    /// as much again as writing it; where one is there after all, the upsert runs instead.
    func insert(_ sql: String, orWhereKeysAreTaken upsert: String) throws -> Int
    /// The existing table; nil if there is none.
    func inspect(_ table: TableName) throws -> TargetTable?
    /// A name for a new index of a table, with a space behind it; empty if the database finds one itself.
    func freeIndexName(for table: TableName) throws -> String
}

extension SQLConnection {
    func comment(_ sql: String) throws { try execute(sql) }

    func compare(_ rows: Int, _ sql: String) throws -> Int { try execute(sql) }

    func insert(_ sql: String, orWhereKeysAreTaken upsert: String) throws -> Int { try execute(upsert) }

    func count(_ sql: String) throws -> Int {
        try rows(sql).first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0
    }
}
