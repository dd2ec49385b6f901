import Records
import Stages

@testable import Load

/// A connection that writes down what a load asks of the database, and passes it on.
struct StatementRecorder<Database: SQLConnection>: SQLConnection {
    /// Where the statements of a load are written down.
    final class Log {
        private(set) var text = ""

        func add(_ sql: String) { text += "\(sql);\n\n" }

        func remark(_ words: String) { text += "-- \(words)\n" }
    }

    let database: Database
    let log: Log

    func execute(_ sql: String) throws -> Int {
        log.add(sql)
        return try database.execute(sql)
    }

    func rows(_ sql: String) throws -> [[String?]] {
        log.add(sql)
        return try database.rows(sql)
    }

    func comment(_ sql: String) throws {
        log.add(sql)
        try database.comment(sql)
    }

    func guarded(_ sql: String) throws -> Int {
        log.remark("behind a savepoint, where the database has them:")
        log.add(sql)
        return try database.guarded(sql)
    }

    func breach(_ error: any Error, in table: TableName, of rows: Schema) -> RuleBreach? {
        database.breach(error, in: table, of: rows)
    }

    func compare(_ rows: Int, _ sql: String) throws -> Int {
        log.add(sql)
        return try database.compare(rows, sql)
    }

    func insert(_ sql: String, orWhereKeysAreTaken upsert: String) throws -> Int {
        log.remark("no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:")
        log.add(upsert)
        return try database.insert(sql, orWhereKeysAreTaken: upsert)
    }

    func inspect(_ table: TableName) throws -> TargetTable? {
        log.remark("the catalog is asked for table \(table)")
        return try database.inspect(table)
    }

    func freeIndexName(for table: TableName) throws -> String { try database.freeIndexName(for: table) }
}
