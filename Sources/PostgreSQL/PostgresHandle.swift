import CLibPQ
import Records

/// libpq's connection. Belongs to one actor.
package final class PostgresHandle {
    let connection: OpaquePointer
    let interrupt: PostgresInterrupt
    /// How long the server may take to answer; nil waits forever.
    package var patience: Duration?
    /// Whether the server took longer. We send it nothing more.
    var isGivenUp = false
    private let secrets: Secrets
    private var isCopying = false

    package init(_ url: PostgresURL?, hiding secrets: Secrets) throws {
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
    package func execute(_ sql: String) throws -> Int {
        try answer(sql).affected
    }

    package func rows(_ sql: String) throws -> [[String?]] {
        try answer(sql).rows
    }

    func answer(_ sql: String) throws -> PostgresResult {
        // If it cannot be sent, the next result has the error.
        PQsendQuery(connection, sql)
        return try PostgresResult(try lastResult(), of: self)
    }

    /// Ends the transaction. If the server rolls back instead, only the command tag shows it.
    package func commit() throws {
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

    package func beginCopy(_ sql: String) throws {
        _ = try answer(sql)
        isCopying = true
    }

    package func copy(_ bytes: [UInt8]) throws {
        let sent = bytes.withUnsafeBytes { bytes in
            PQputCopyData(connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard sent == 1 || bytes.isEmpty else { throw brokenConnection() }
        // Unsent data stays in memory.
        try wait { PQflush(connection) <= 0 }
    }

    /// The number of rows that the server received.
    package func endCopy() throws -> Int {
        isCopying = false
        PQputCopyEnd(connection, nil)
        return try PostgresResult(try lastResult(), of: self).affected
    }

    /// Cancels the server's work, without entries in its log.
    package func abandon() {
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
