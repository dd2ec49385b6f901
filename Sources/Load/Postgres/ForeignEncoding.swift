import CLibPQ
import Records

/// The encoding of a database that lacks characters. Texts come to it as bytes, so that one which it cannot hold is known
/// by its row, and not only as the end of the COPY.
struct ForeignEncoding: Sendable {
    let name: String

    /// Nil if the database takes every text.
    init?(of database: PostgresHandle) {
        name = PQparameterStatus(database.connection, "server_encoding").map { String(cString: $0) } ?? "UTF8"
        // The latter takes bytes as they are.
        if ["UTF8", "SQL_ASCII"].contains(name) { return nil }
    }

    /// Whether values of a type may hold more than ASCII.
    static func concerns(_ type: ValueType) -> Bool { [.text, .mac, .textList, .json].contains(type) }

    /// Those of the characters that the database lacks.
    func missing(of characters: Set<Unicode.Scalar>, _ database: PostgresHandle) throws -> [Unicode.Scalar] {
        let sorted = characters.sorted()
        if try sorted.isEmpty || holds(sorted[...], database) { return [] }
        return try missing(among: sorted[...], database)
    }

    /// Of characters that the database does not hold all.
    private func missing(among characters: ArraySlice<Unicode.Scalar>, _ database: PostgresHandle) throws
        -> [Unicode.Scalar]
    {
        if characters.count == 1 { return Array(characters) }
        let middle = characters.startIndex + characters.count / 2
        return try [characters[..<middle], characters[middle...]].flatMap { half in
            try holds(half, database) ? [] : missing(among: half, database)
        }
    }

    private func holds(_ characters: ArraySlice<Unicode.Scalar>, _ database: PostgresHandle) throws -> Bool {
        let bytes = characters.flatMap { String($0).utf8 }.hex
        do {
            try database.guarded("SELECT convert_from('\\x\(bytes)'::bytea, 'UTF8')")
            return true
        } catch let error as PostgresError where error.state == PostgresError.untranslatableCharacter {
            return false
        }
    }
}
