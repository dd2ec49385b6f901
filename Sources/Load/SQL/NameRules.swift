import Records

/// What a database makes of names.
struct NameRules: Sendable {
    let database: String
    /// Whether names that differ only in the case of ASCII letters are one.
    let foldsCase: Bool
    /// How many bytes of a name it keeps.
    let longest: Int?
    /// Columns that every table of its has already.
    let ownColumns: Set<String>
    /// Whether a table, or the schema that it names, is one of the database's own.
    let isReserved: @Sendable (TableName) -> Bool

    static let postgres = NameRules(
        database: "PostgreSQL",
        foldsCase: false,
        // More would be cut without a word.
        longest: 63,
        ownColumns: ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"],
        isReserved: { table in
            // Without a schema this one would be the table in which rows wait.
            guard let schema = table.schema else { return table.name == PostgresTarget.stagingName }
            return schema.hasPrefix("pg_") || schema == "information_schema"
        }
    )

    static let sqlite = NameRules(
        database: "SQLite",
        foldsCase: true,
        longest: nil,
        ownColumns: [],
        isReserved: { folded($0.name).hasPrefix("sqlite_") }
    )

    /// A name with ASCII letters in lower case, as SQLite compares them.
    private static func folded(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// What two names have in common that are one to the database.
    func identity(_ name: String) -> String { foldsCase ? Self.folded(name) : name }

    /// - Parameter longestSuffix: what is added to the table's name for the longest name that is made of it.
    func problems(of table: TableName, longestSuffix: String) -> [String] {
        var problems: [String] = []
        if isReserved(table) { problems.append("the name \(table) is one of \(database)'s own; choose another table") }
        return problems + [table.schema, table.name + longestSuffix].compactMap { $0 }.compactMap(tooLong)
    }

    /// - Parameter columns: all that a table is to have.
    func problems(ofColumns columns: [String]) -> [String] {
        var problems: [String] = []
        var seen: [String: String] = [:]
        for column in columns {
            if column.isEmpty {
                problems.append("a column has an empty name; give it one with `rename:` or `select:`")
            } else if column.contains("\0") {
                problems.append("the column name \(column.debugDescription) holds a NUL")
            } else if ownColumns.contains(column) {
                problems.append("every table of \(database) has a column '\(column)' of its own; rename this one")
            } else if let other = seen.updateValue(column, forKey: identity(column)), other != column {
                problems.append("to \(database) '\(other)' and '\(column)' are one column; rename one of them")
            }
            if let problem = tooLong(column) { problems.append(problem) }
        }
        return problems
    }

    private func tooLong(_ name: String) -> String? {
        guard let longest, name.utf8.count > longest else { return nil }
        return "'\(name)' is longer than the \(longest) bytes of a \(database) name"
    }
}
