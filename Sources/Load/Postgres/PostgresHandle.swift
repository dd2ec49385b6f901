import CLibPQ
import Records

/// libpq's connection. Belongs to one actor.
final class PostgresHandle: SQLConnection {
    let connection: OpaquePointer
    let interrupt: PostgresInterrupt
    /// How long the server may take to answer; for ever when nil.
    var patience: Duration?
    /// Whether it took longer, so that nothing more is asked of it.
    var isGivenUp = false
    private let secrets: Secrets
    private var isCopying = false

    init(_ url: PostgresURL?, hiding secrets: Secrets) throws {
        self.secrets = secrets
        guard let connection = PostgresOptions.connect(url) else {
            throw Failure(.destinationFailed, "cannot connect to PostgreSQL: out of memory")
        }
        // Also one that libpq found in the environment or in a password file.
        if let password = PQpass(connection) { secrets.add(String(cString: password)) }
        guard PQstatus(connection) == CONNECTION_OK, let key = PQgetCancel(connection) else {
            defer { PQfinish(connection) }
            throw PostgresOptions.refusal(Self.text(PQerrorMessage(connection), hiding: secrets))
        }
        self.connection = connection
        interrupt = PostgresInterrupt(key)
        // By default notices such as "table does not exist, skipping" are printed.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        // From here on no call waits by itself; see ``wait(until:)``.
        PQsetnonblocking(connection, 1)
    }

    deinit { PQfinish(connection) }

    @discardableResult
    func execute(_ sql: String) throws -> Int {
        try answer(sql).affected
    }

    /// A database whose encoding lacks a character of it goes without.
    func comment(_ sql: String) throws {
        do {
            try guarded(sql)
        } catch let error as PostgresError where error.state == PostgresError.untranslatableCharacter {
            return
        }
    }

    /// Up to this many rows may be compared in nested loops.
    private static let few = 2000

    /// Many rows without nested loops: the planner takes rows that agree in all columns for rare, where nearly all do,
    /// and might look at each of them for each of the others. No trigger of a user's runs meanwhile.
    func compare(_ rows: Int, _ sql: String) throws -> Int {
        if rows <= Self.few { return try execute(sql) }
        try execute("SET LOCAL enable_nestloop = off")
        let affected = try execute(sql)
        try execute("SET LOCAL enable_nestloop TO DEFAULT")
        return affected
    }

    /// Rows can be there that were not seen: others committed them meanwhile, or row-level security hides them.
    func insert(_ sql: String, orWhereKeysAreTaken upsert: String) throws -> Int {
        // What stands in the way of the upsert, such as a missing right, is not to come out some other night.
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
            // Where this fails, too, the first error is the one to tell.
            _ = try? execute("ROLLBACK TO SAVEPOINT guarded; RELEASE SAVEPOINT guarded")
            throw error
        }
    }

    func rows(_ sql: String) throws -> [[String?]] {
        try answer(sql).rows
    }

    private func answer(_ sql: String) throws -> PostgresResult {
        // Where it cannot be sent, the answer tells why.
        PQsendQuery(connection, sql)
        return try PostgresResult(try lastResult(), of: self)
    }

    /// Ends the transaction. A server that rolls back instead says so only in the tag.
    func commit() throws {
        let result: PostgresResult
        do {
            result = try answer("COMMIT")
        } catch let error as PostgresError where isGivenUp || PQstatus(connection) != CONNECTION_OK {
            throw Failure(
                .destinationFailed,
                "the connection broke during COMMIT, so whether the rows are there is unknown: \(error.message)",
                advice: "run again; loading the same rows twice changes nothing",
                isTransient: true
            )
        }
        guard result.tag == "COMMIT" else {
            throw Failure(.destinationFailed, "PostgreSQL rolled the transaction back instead of committing it")
        }
    }

    func beginCopy(_ sql: String) throws {
        _ = try answer(sql)
        isCopying = true
    }

    func copy(_ bytes: [UInt8]) throws {
        let sent = bytes.withUnsafeBytes { bytes in
            PQputCopyData(connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard sent == 1 || bytes.isEmpty else { throw brokenConnection() }
        // What the server has not taken stays in memory.
        try wait { PQflush(connection) <= 0 }
    }

    /// How many rows the server took.
    func endCopy() throws -> Int {
        isCopying = false
        PQputCopyEnd(connection, nil)
        return try PostgresResult(try lastResult(), of: self).affected
    }

    /// Lets the server forget what it is doing, without noise in its log.
    func abandon() {
        if isGivenUp { return }
        patience = .seconds(2)
        if isCopying {
            isCopying = false
            PQputCopyEnd(connection, "axport: rolled back")
            if let result = try? lastResult() { PQclear(result) }
        }
        if !isGivenUp, PQtransactionStatus(connection) != PQTRANS_IDLE { _ = try? execute("ROLLBACK") }
    }

    func brokenConnection() -> PostgresError {
        PostgresError(
            state: nil,
            "PostgreSQL: \(Self.text(PQerrorMessage(connection), hiding: secrets))",
            hint: "run again; nothing was changed"
        )
    }

    /// What the server says.
    func foreign(_ text: String) -> ForeignText { ForeignText(text, hiding: secrets) }

    private static func text(_ message: UnsafePointer<CChar>?, hiding secrets: Secrets) -> ForeignText {
        let message = message.map { String(cString: $0) } ?? ""
        let line = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        return ForeignText(line, hiding: secrets)
    }
}
