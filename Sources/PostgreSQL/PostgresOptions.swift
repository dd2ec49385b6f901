import CLibPQ
import Records

/// The options of a libpq connection.
enum PostgresOptions {
    /// Prevents endless waits for a machine that is down. By default libpq waits as long as the kernel does, which may
    /// be hours. No option here goes to the server, because poolers refuse options that they do not know.
    private static let bounds = [
        ("connect_timeout", "10"), ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "4"),
        ("tcp_user_timeout", "60000"),
    ]

    static func connect(_ url: PostgresURL?) -> OpaquePointer? {
        // Otherwise, these options would override the environment and its service.
        let own = surroundings
        var options = [("fallback_application_name", "axport"), ("client_encoding", "UTF8")]
        options += bounds.filter { !own.contains($0.0) }
        // The URL comes last, so it wins.
        if let url { options.append(("dbname", url.reveal)) }
        return connect(options)
    }

    /// The names of the options that the environment sets.
    private static var surroundings: Set<String> { Set((values(PQconndefaults()) ?? [:]).keys) }

    /// libpq's options that have a value, by name; nil if there are none. Frees them.
    static func values(_ options: UnsafeMutablePointer<PQconninfoOption>?) -> [String: String]? {
        guard let options else { return nil }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }

    /// The names of all options.
    static var names: [String] {
        guard let options = PQconndefaults() else { return [] }
        defer { PQconninfoFree(options) }
        var names: [String] = []
        var option = options
        while let keyword = option.pointee.keyword {
            names.append(String(cString: keyword))
            option += 1
        }
        return names
    }

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

    /// Why the connection failed. libpq gives no code, only text. Its text is never translated, because the program
    /// does not request a translation.
    static func refusal(_ text: ForeignText) -> Failure {
        let message = text.description
        let mayPass = transient.contains { message.contains($0) }
        let isAboutTLS = message.contains("SSL") || message.contains("certificate")
        let advice =
            if mayNeedTLS(message) {
                "set sslmode=require in `url` or PGSSLMODE; the server may accept only encrypted connections"
            } else if isAboutTLS {
                "check sslmode, sslrootcert and the name in the server's certificate; try it with psql"
            } else if passwordProblems.contains(where: message.contains) {
                "check the password in `url`, PGPASSWORD, or the password file; try it with psql"
            } else {
                "check `url`, or PGHOST, PGUSER and the password file; try it with psql"
            }
        return Failure(
            .destinationFailed,
            "cannot connect to PostgreSQL: \(message)",
            advice: advice,
            isTransient: mayPass && !isAboutTLS,
            isOfPlace: true
        )
    }

    /// Whether the server's rules refused a connection because it was not encrypted, and no other was tried.
    private static func mayNeedTLS(_ message: String) -> Bool {
        let isPlain = ["no encryption", "SSL off"].contains(where: message.contains)
        let triedTLS = ["SSL encryption", "SSL on", "SSL error", "certificate"].contains(where: message.contains)
        return isPlain && message.contains("pg_hba.conf") && !triedTLS
            && !passwordProblems.contains(where: message.contains)
    }

    private static let passwordProblems = ["password authentication failed", "no password supplied"]

    /// The failure of a connection that takes too long, to the next host perhaps.
    static func silence(after limit: Duration) -> Failure {
        Failure(
            .destinationFailed,
            "cannot connect to PostgreSQL: no answer for \(limit.components.seconds) s",
            isTransient: true,
            isOfPlace: true
        )
    }

    /// The network, a server that starts or stops, one with too many connections, and PgBouncer's messages about these.
    /// Not a refused password: repeated attempts can lock an account.
    private static let transient = [
        "Connection refused", "timeout expired", "Connection timed out", "Connection reset", "No route to host",
        "Network is unreachable", "server closed the connection", "Temporary failure in name resolution",
        "No such file or directory", "the database system is", "terminating connection", "too many clients",
        "too many connections", "connection slots are reserved", "no more connections allowed",
        "server login has been failing", "server conn crashed", "cannot connect to server", "query_wait_timeout",
        "server_login_retry",
    ]
}
