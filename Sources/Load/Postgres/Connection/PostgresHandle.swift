import CLibPQ
import Records

/// libpq's connection. Belongs to one actor.
final class PostgresHandle: SQLConnection {
    let connection: OpaquePointer
    let interrupt: PostgresInterrupt
    /// How long the server may take to answer; nil waits forever.
    var patience: Duration?
    /// Whether the server took longer. We send it nothing more.
    var isGivenUp = false
    private let secrets: Secrets
    private var isCopying = false

    init(_ url: PostgresURL?, hiding secrets: Secrets) throws {
        self.secrets = secrets
        guard let connection = PostgresOptions.connect(url) else {
            throw Failure(.destinationFailed, "cannot connect to PostgreSQL: out of memory")
        }
        // Includes a password that libpq found in the environment or in a password file.
        if let password = PQpass(connection) { secrets.add(String(cString: password)) }
        guard PQstatus(connection) == CONNECTION_OK, let key = PQgetCancel(connection) else {
            defer { PQfinish(connection) }
            throw PostgresOptions.refusal(Self.text(PQerrorMessage(connection), hiding: secrets))
        }
        self.connection = connection
        interrupt = PostgresInterrupt(key)
        // By default, libpq prints notices such as "table does not exist, skipping".
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        // From now on, no call blocks; see ``wait(until:)``.
        PQsetnonblocking(connection, 1)
    }

    deinit { PQfinish(connection) }

    @discardableResult
    func execute(_ sql: String) throws -> Int {
        try answer(sql).affected
    }

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

    func rows(_ sql: String) throws -> [[String?]] {
        try answer(sql).rows
    }

    private func answer(_ sql: String) throws -> PostgresResult {
        // If it cannot be sent, the next result has the error.
        PQsendQuery(connection, sql)
        return try PostgresResult(try lastResult(), of: self)
    }

    /// Ends the transaction. If the server rolls back instead, only the command tag shows it.
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

    /// - Parameter sql: COPY without its options.
    func beginCopy(_ sql: String, _ format: CopyFormat) throws {
        _ = try answer(sql + format.option)
        isCopying = true
        try copy(format.preamble)
    }

    func copy(_ bytes: [UInt8]) throws {
        let sent = bytes.withUnsafeBytes { bytes in
            PQputCopyData(connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard sent == 1 || bytes.isEmpty else { throw brokenConnection() }
        // Unsent data stays in memory.
        try wait { PQflush(connection) <= 0 }
    }

    /// The number of rows that the server received.
    func endCopy() throws -> Int {
        isCopying = false
        PQputCopyEnd(connection, nil)
        return try PostgresResult(try lastResult(), of: self).affected
    }

    /// Cancels the server's work, without entries in its log.
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

    /// A text of the server.
    func foreign(_ text: String) -> ForeignText { ForeignText(text, hiding: secrets) }

    private static func text(_ message: UnsafePointer<CChar>?, hiding secrets: Secrets) -> ForeignText {
        let message = message.map { String(cString: $0) } ?? ""
        let lines = message.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }
        return ForeignText(lines.joined(separator: "; "), hiding: secrets)
    }
}
