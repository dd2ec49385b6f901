import PostgreSQL
import Stages

extension PostgresHandle: SQLConnection {
    /// If the database's encoding lacks a character of the comment, there is no comment.
    func comment(_ sql: String) throws {
        do {
            try guarded(sql)
        } catch let error as PostgresError where error.state == PostgresError.untranslatableCharacter {
            return
        }
    }

    /// Up to this many rows may be compared in nested loops.
    private static let few = 2000

    /// Compares many rows without nested loops. The planner expects few rows that agree in all columns, but nearly all
    /// do. It might compare each row with each other row. No trigger of a user runs meanwhile.
    func compare(_ rows: Int, _ sql: String) throws -> Int {
        if rows <= Self.few { return try execute(sql) }
        try execute("SET LOCAL enable_nestloop = off")
        let affected = try execute(sql)
        try execute("SET LOCAL enable_nestloop TO DEFAULT")
        return affected
    }

    /// The rows are in memory. A planner that expects them on disk would rather hash the whole table than look them up.
    func rowsInUse(_ sql: String) throws -> [[String?]] {
        try execute("SET LOCAL random_page_cost = 1")
        let found = try rows(sql)
        try execute("SET LOCAL random_page_cost TO DEFAULT")
        return found
    }

    /// There may be rows that we did not see: others committed them meanwhile, or row-level security hides them.
    func insert(_ sql: String, orWhereKeysAreTaken upsert: String) throws -> Int {
        // A problem of the upsert, such as a missing privilege, must appear now, and not in some later run.
        try execute("EXPLAIN \(upsert)")
        do {
            return try guarded(sql)
        } catch let error as PostgresError where error.state == PostgresError.uniqueViolation {
            return try guarded(upsert)
        }
    }

    @discardableResult
    func guarded(_ sql: String) throws -> Int {
        try execute("SAVEPOINT guarded")
        do {
            let affected = try execute(sql)
            try execute("RELEASE SAVEPOINT guarded")
            return affected
        } catch let error as PostgresError where error.state != nil {
            // If this fails, too, the first error is the one to report.
            _ = try? execute("ROLLBACK TO SAVEPOINT guarded; RELEASE SAVEPOINT guarded")
            throw error
        }
    }

    /// - Parameter sql: COPY without its options.
    func beginCopy(_ sql: String, _ format: CopyFormat) throws {
        try beginCopy(sql + format.option)
        try copy(format.preamble)
    }
}

extension PostgresHandle {
    /// Locks the row of a lease until the end of the transaction. Returns false if this database does not have it.
    func lock(_ row: LeaseRow) throws -> Bool {
        if try rows(row.place).isEmpty { return false }
        // If this process is stopped now, it must not hold up the one that takes the lease.
        try execute("SET LOCAL idle_in_transaction_session_timeout = '30s'")
        return try !rows(row.lock, with: row.values).isEmpty
    }
}
