import CLibPQ
import Records

extension PostgresHandle {
    /// The server and this session, on one line.
    package var server: String {
        func text(_ value: UnsafePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
        let version = text(PQparameterStatus(connection, "server_version")).prefix { $0 != " " }
        let host = text(PQhost(connection))
        let place = host.hasPrefix("/") ? "socket \(host)" : "\(host):\(text(PQport(connection)))"
        let isEncrypted = PQsslInUse(connection) != 0 || PQgssEncInUse(connection) != 0
        return """
            PostgreSQL \(foreign(String(version))), database \(text(PQdb(connection))) at \(place) as \(text(PQuser(connection)))\
            \(isEncrypted ? ", encrypted" : "")
            """
    }

    /// The encoding of the database.
    package var encoding: String {
        PQparameterStatus(connection, "server_encoding").map { String(cString: $0) } ?? "UTF8"
    }

    /// Ends a transaction that changed nothing.
    package func rollBack() {
        if !isGivenUp, PQtransactionStatus(connection) != PQTRANS_IDLE { _ = try? execute("ROLLBACK") }
    }

    /// Warnings about a working connection.
    package var notes: [String] {
        let address = PQhostaddr(connection).map { String(cString: $0) } ?? ""
        guard PQsslInUse(connection) == 0, PQgssEncInUse(connection) == 0, Self.leavesTheMachine(address) else {
            return []
        }
        return ["the connection to \(address) is not encrypted; set `sslmode=verify-full` in `url` to require it"]
    }

    /// Whether an address is on another machine. The address of a local socket is empty.
    package static func leavesTheMachine(_ address: String) -> Bool {
        !(address.isEmpty || address.hasPrefix("127.") || address == "::1")
    }
}
