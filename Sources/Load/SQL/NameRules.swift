import Records

/// The rules of a database for names.
struct NameRules: Sendable {
    let database: String
    /// Whether names that differ only in the case of ASCII letters are equal.
    let foldsCase: Bool
    /// The length of the longest name, in bytes.
    let longest: Int?
    /// System columns of every table.
    let ownColumns: Set<String>
    /// Whether the database reserves the name of a table or of its schema.
    let isReserved: @Sendable (TableName) -> Bool

    static let postgres = NameRules(
        database: "PostgreSQL",
        foldsCase: false,
        // PostgreSQL truncates longer names silently.
        longest: 63,
        ownColumns: ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"],
        isReserved: { table in
            // Without a schema, these are temporary tables of the load.
            guard let schema = table.schema else {
                return [PostgresTarget.stagingName, TableLoad.differingName, TableLoad.permittedName].contains(
                    table.name
                )
            }
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

    /// A name with its ASCII letters in lower case, as SQLite compares names.
    private static func folded(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Equal for two names that the database treats as one.
    func identity(_ name: String) -> String { foldsCase ? Self.folded(name) : name }

    /// - Parameter longestSuffix: the longest suffix of the names derived from the table's.
    func problems(of table: TableName, longestSuffix: String) -> [Problem] {
        var problems: [Problem] = []
        if isReserved(table) {
            problems.append(Problem("\(database) reserves the name \(table)", hint: "choose another table"))
        }
        return problems + [table.schema, table.name + longestSuffix].compactMap { $0 }.compactMap(tooLong)
    }

    /// - Parameter columns: all columns of the table.
    func problems(ofColumns columns: [String]) -> [Problem] {
        var problems: [Problem] = []
        var seen: [String: String] = [:]
        for column in columns {
            if column.isEmpty {
                problems.append(Problem("a column has an empty name", hint: "name it with `rename:` or `select:`"))
            } else if column.contains("\0") {
                problems.append(Problem("the column name \(column.debugDescription) contains a NUL character"))
            } else if ownColumns.contains(column) {
                problems.append(
                    Problem("every table of \(database) already has a column '\(column)'", hint: "rename this one")
                )
            } else if let other = seen.updateValue(column, forKey: identity(column)), other != column {
                problems.append(
                    Problem("to \(database) '\(other)' and '\(column)' are the same name", hint: "rename one of them")
                )
            }
            if let problem = tooLong(column) { problems.append(problem) }
        }
        return problems
    }

    private func tooLong(_ name: String) -> Problem? {
        guard let longest, name.utf8.count > longest else { return nil }
        return Problem("'\(name)' is longer than the \(longest) bytes of a \(database) name")
    }
}
