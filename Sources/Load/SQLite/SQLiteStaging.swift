import GRDB
import Records

/// The private database in which rows wait. It also runs the queries of the file attached to it.
enum SQLiteStaging {
    static let attached = "destination"
    static let table = "main.staging"
    /// 16 MB for pages of the file.
    static let largeCache = "PRAGMA \(attached).cache_size = -16000"
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
        try database.execute(sql: "\(largeCache); PRAGMA \(attached).journal_mode = WAL")
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

    /// Call it in a transaction.
    func stage(_ batch: Batch, _ database: Database) throws {
        try insert(batch, into: SQLiteStaging.table, stagedList, flag: batch.isRemoved, database)
    }

    /// Adds rows to the table itself.
    func fill(_ batch: Batch, _ database: Database) throws {
        try insert(batch, into: target, list, flag: nil, database)
    }
}
