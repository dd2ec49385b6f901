import CLibPQ
import Records

/// The result of one statement. Throws the server's error.
struct PostgresResult: ~Copyable {
    private let result: OpaquePointer

    init(_ result: OpaquePointer?, of handle: PostgresHandle) throws {
        guard let result else { throw handle.brokenConnection() }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN].contains(PQresultStatus(result)) else {
            defer { PQclear(result) }
            throw Self.failure(result, of: handle)
        }
        self.result = result
    }

    deinit { PQclear(result) }

    /// The number of written rows in the command tag.
    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    var tag: String { String(cString: PQcmdStatus(result)) }

    var rows: [[String?]] {
        (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }

    /// The first column of a binary result.
    var firstColumn: [[UInt8]] {
        (0..<PQntuples(result)).map { row in
            let count = Int(PQgetlength(result, row, 0))
            return PQgetvalue(result, row, 0).map { value in
                Array(UnsafeRawBufferPointer(start: value, count: count))
            } ?? []
        }
    }

    private static func failure(_ result: OpaquePointer, of handle: PostgresHandle) -> PostgresError {
        func part(_ code: UnicodeScalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        // Without the fields of a server's error, it is an error of the connection.
        guard let message = part("M") else { return handle.brokenConnection() }
        var text = "PostgreSQL: \(part("V") ?? part("S") ?? "ERROR"): \(handle.foreign(message))"
        for (label, value) in [
            ("detail", part("D")), ("table", part("t")), ("column", part("c")), ("context", part("W")),
        ] {
            guard let value else { continue }
            text += "; \(label): \(handle.foreign(value.split(whereSeparator: \.isNewline).joined(separator: " ")))"
        }
        let state = part("C")
        if let state { text += " (SQLSTATE \(state))" }
        var error = PostgresError(state: state, text, hint: part("H").map { handle.foreign($0).description })
        error.words = handle.foreign(message).description
        error.detail = part("D").map { handle.foreign($0).description }
        error.column = part("c")
        error.constraint = part("n")
        error.domain = part("d")
        error.table = part("t")
        error.context = part("W").map {
            handle.foreign($0.split(whereSeparator: \.isNewline).joined(separator: " ")).description
        }
        return error
    }
}
