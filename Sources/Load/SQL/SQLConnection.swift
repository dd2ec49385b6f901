/// What loading a table asks of a database. Not shared between tasks.
protocol SQLConnection {
    /// Runs one statement and says how many rows it wrote.
    @discardableResult
    func execute(_ sql: String) throws -> Int
    func rows(_ sql: String) throws -> [[String?]]
    /// A table as it is; nil when there is none.
    func inspect(_ table: TableName) throws -> TargetTable?
}

extension SQLConnection {
    func count(_ sql: String) throws -> Int {
        try rows(sql).first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0
    }
}
