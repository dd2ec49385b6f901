import PostgreSQL
import Records

/// A database encoding that lacks characters. Texts are staged as bytes, so that we can name the row of a text that
/// does not fit. Otherwise the COPY would fail without it.
struct ForeignEncoding: Sendable {
    let name: String

    /// Nil if the database accepts every text.
    init?(of database: PostgresHandle) {
        name = database.encoding
        // SQL_ASCII accepts all bytes.
        if ["UTF8", "SQL_ASCII"].contains(name) { return nil }
    }

    /// Whether values of a type may contain more than ASCII.
    static func concerns(_ type: ValueType) -> Bool { [.text, .mac, .textList, .json].contains(type) }

    /// The characters that the database lacks.
    func missing(of characters: Set<Unicode.Scalar>, _ database: PostgresHandle) throws -> [Unicode.Scalar] {
        let sorted = characters.sorted()
        if try sorted.isEmpty || holds(sorted[...], database) { return [] }
        return try missing(among: sorted[...], database)
    }

    /// The missing ones among characters that do not all fit.
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
