import CLibPQ
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// libpq's connection. Belongs to one actor.
final class PostgresHandle: SQLConnection {
    private let connection: OpaquePointer
    private let passwords: [String]
    private var isCopying = false

    init(_ url: PostgresURL?) throws {
        passwords = url?.passwords ?? []
        var options = [("fallback_application_name", "axport"), ("client_encoding", "UTF8")]
        // The default is to wait for as long as the kernel does. What the URL says comes later, so it wins.
        if ProcessInfo.processInfo.environment["PGCONNECT_TIMEOUT"] == nil { options.append(("connect_timeout", "10")) }
        if let url { options.append(("dbname", url.reveal)) }
        guard let connection = Self.connect(options) else {
            throw Failure(.destinationFailed, "cannot connect to PostgreSQL: out of memory")
        }
        self.connection = connection
        guard PQstatus(connection) == CONNECTION_OK else {
            throw Failure(
                .destinationFailed,
                "cannot connect to PostgreSQL: \(Self.text(PQerrorMessage(connection), without: passwords))",
                advice: "check `url`, or PGHOST, PGUSER and the password file; try it with psql"
            )
        }
        // By default notices such as "table does not exist, skipping" are printed.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    private static func connect(_ options: [(String, String)]) -> OpaquePointer? {
        let texts = options.flatMap { [Array($0.0.utf8CString), Array($0.1.utf8CString)] }.map(ContiguousArray.init)
        let storage = ContiguousArray(texts.joined())
        return storage.withUnsafeBufferPointer { storage in
            var keywords: [UnsafePointer<CChar>?] = []
            var values: [UnsafePointer<CChar>?] = []
            var offset = 0
            for (index, text) in texts.enumerated() {
                let start = storage.baseAddress.map { $0 + offset }
                if index.isMultiple(of: 2) { keywords.append(start) } else { values.append(start) }
                offset += text.count
            }
            return PQconnectdbParams(keywords + [nil], values + [nil], 1)
        }
    }

    func cancelKey() throws -> PostgresCancelKey {
        guard let key = PQgetCancel(connection) else {
            throw Failure(.destinationFailed, "the PostgreSQL connection broke")
        }
        return PostgresCancelKey(key)
    }

    @discardableResult
    func execute(_ sql: String) throws -> Int {
        try PostgresResult(PQexec(connection, sql), of: self).affected
    }

    func rows(_ sql: String) throws -> [[String?]] {
        try PostgresResult(PQexec(connection, sql), of: self).rows
    }

    /// Ends the transaction. A server that rolls back instead says so only in the tag.
    func commit() throws {
        let result: PostgresResult
        do {
            result = try PostgresResult(PQexec(connection, "COMMIT"), of: self)
        } catch let failure where PQstatus(connection) != CONNECTION_OK {
            throw Failure(
                .destinationFailed,
                "the connection broke during COMMIT, so whether the rows are there is unknown: \(failure)",
                advice: "run again; loading the same rows twice changes nothing"
            )
        }
        guard result.tag == "COMMIT" else {
            throw Failure(.destinationFailed, "PostgreSQL rolled the transaction back instead of committing it")
        }
    }

    func beginCopy(_ sql: String) throws {
        _ = try PostgresResult(PQexec(connection, sql), of: self)
        isCopying = true
    }

    func copy(_ bytes: [UInt8]) throws {
        let sent = bytes.withUnsafeBytes { bytes in
            PQputCopyData(connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard sent == 1 || bytes.isEmpty else { throw brokenConnection() }
    }

    /// How many rows the server took.
    func endCopy() throws -> Int {
        isCopying = false
        guard PQputCopyEnd(connection, nil) == 1 else { throw brokenConnection() }
        let result = PQgetResult(connection)
        // The one that says that there are no more.
        while let more = PQgetResult(connection) { PQclear(more) }
        return try PostgresResult(result, of: self).affected
    }

    /// Lets the server forget what it is doing, without noise in its log.
    func abandon() {
        if isCopying {
            isCopying = false
            PQputCopyEnd(connection, "axport: rolled back")
            while let result = PQgetResult(connection) { PQclear(result) }
        }
        if PQtransactionStatus(connection) != PQTRANS_IDLE { PQclear(PQexec(connection, "ROLLBACK")) }
    }

    func brokenConnection() -> Failure {
        Failure(
            .destinationFailed,
            "PostgreSQL: \(Self.text(PQerrorMessage(connection), without: passwords))",
            advice: "nothing was changed; run again"
        )
    }

    /// What the server says, on one line and without passwords.
    static func text(_ message: UnsafePointer<CChar>?, without passwords: [String]) -> String {
        let message = message.map { String(cString: $0) } ?? ""
        let line = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        return passwords.reduce(line) { $0.replacing($1, with: "‹secret›") }
    }
}
