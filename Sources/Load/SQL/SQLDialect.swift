import Records

/// How one database defines a table: the only place that knows its types.
package struct SQLDialect: Sendable {
    package let name: String
    let names: NameRules
    let spell: @Sendable (ValueType) -> String
    /// Whether a column with this declared type, perhaps another owner's, stores our values unchanged.
    let accepts: @Sendable (_ declared: String, _ type: ValueType) -> Bool
    /// Whether comments are separate statements.
    let hasCommentStatements: Bool
    /// The statement that changes a column of the user's table to a type that can store our values, if it keeps every
    /// existing value.
    let retype: @Sendable (_ column: TargetTable.Column, _ type: ValueType, _ table: TableName) -> String?
    /// Whether deleted rows stay in a table, and cost time, until the transaction has ended.
    let deletedRowsStay: Bool
    /// The moment plus one millisecond.
    let nextMillisecond: @Sendable (_ moment: String) -> String
    /// Some columns as one text, which differs if one of them does.
    let wholeRow: @Sendable (_ columns: [String]) -> String
    /// The columns with the physical position of a row.
    let place: [String]
    /// The schema of temporary tables.
    let temporarySchema: String

    /// The statements that create a table for the rows. The default name is the dataset's.
    ///
    /// - Parameters:
    ///   - types: declared types of columns that do not get their default type.
    ///   - checks: conditions for every row.
    package func createTable(
        _ schema: Schema,
        named quotedName: String? = nil,
        types: [String: String] = [:],
        checks: [String] = []
    ) -> [String] {
        let table = quotedName ?? Self.quote(schema.name)
        let key = schema.keyIndexes ?? []
        var lines = schema.fields.enumerated().map { index, field in
            let type = types[field.name] ?? spell(field.type)
            return "\(Self.quote(field.name)) \(type)\(key.contains(index) ? " NOT NULL" : "")"
        }
        if !key.isEmpty { lines.append("PRIMARY KEY (\(schema.key.map(Self.quote).joined(separator: ", ")))") }
        lines += checks.map { "CHECK (\($0))" }
        let body = lines.enumerated().map { index, line in
            let comma = index + 1 < lines.count ? "," : ""
            let isCommented = !hasCommentStatements && index < schema.fields.count
            return "    \(line)\(comma)\(isCommented ? " -- \(Self.oneLine(schema.fields[index].meaning))" : "")"
        }
        let create = "CREATE TABLE \(table) (\n\(body.joined(separator: "\n"))\n)"
        guard hasCommentStatements else { return [create] }
        return [create, "\(Self.comment)TABLE \(table) IS \(Self.literal(Self.oneLine(schema.meaning)))"]
            + schema.fields.map { comment(on: $0, of: table) }
    }

    /// The statements that add a column to a table. The first one adds it; others add comments.
    func addColumn(_ field: Field, _ type: String? = nil, to table: String) -> [String] {
        let column = "\(Self.quote(field.name)) \(type ?? spell(field.type))"
        let alter = "ALTER TABLE \(table) ADD COLUMN \(column)"
        return hasCommentStatements ? [alter, comment(on: field, of: table)] : [alter]
    }

    /// The beginning of statements that only add a comment.
    static let comment = "COMMENT ON "

    private func comment(on field: Field, of table: String) -> String {
        "\(Self.comment)COLUMN \(table).\(Self.quote(field.name)) IS \(Self.literal(Self.oneLine(field.meaning)))"
    }

    /// A script that creates tables for these datasets.
    ///
    /// - Parameter namespace: the tables' schema, in databases with schemas; created if it is missing.
    package func script(_ schemas: [Schema], in namespace: String? = nil) -> String {
        let lead = namespace.map { "CREATE SCHEMA IF NOT EXISTS \(Self.quote($0));\n\n" } ?? ""
        return lead
            + schemas.map { schema in
                var visible = schema
                visible.fields = schema.visible.map { schema.fields[$0] }
                let comment = hasCommentStatements ? "" : "-- \(Self.oneLine(schema.meaning))\n"
                let name = TableName(schema.name, in: namespace).quoted
                return comment + createTable(visible, named: name).map { "\($0);\n" }.joined()
            }
            .joined(separator: "\n")
    }

    static func quote(_ name: String) -> String {
        // Names are quoted for every batch of rows, and looking for a quote is much cheaper than replacing it.
        guard name.utf8.contains(UInt8(ascii: "\"")) else { return "\"\(name)\"" }
        return "\"\(name.replacing("\"", with: "\"\""))\""
    }

    static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension SQLDialect {
    package static let postgres = SQLDialect(
        name: "postgres",
        names: .postgres,
        spell: { type in
            switch type {
            case .text: "text"
            case .integer: "bigint"
            case .real: "double precision"
            case .boolean: "boolean"
            case .timestamp: "timestamptz"
            case .date: "date"
            case .mac: "macaddr"
            case .textList: "text[]"
            case .json: "jsonb"
            }
        },
        // Names in pg_type.
        accepts: { declared, type in
            switch type {
            case .text: ["text", "varchar", "citext"].contains(declared)
            case .integer: ["int8", "int4", "int2", "numeric"].contains(declared)
            case .real: ["float8", "numeric"].contains(declared)
            case .boolean: declared == "bool"
            case .timestamp: declared == "timestamptz"
            case .date: declared == "date"
            case .mac: ["macaddr", "text", "varchar", "citext"].contains(declared)
            case .textList: ["_text", "_varchar", "_citext"].contains(declared)
            case .json: declared == "jsonb"
            }
        },
        hasCommentStatements: true,
        retype: TypeChange.statement,
        deletedRowsStay: true,
        nextMillisecond: { "\($0) + interval '1 millisecond'" },
        wholeRow: { "ROW(\($0.joined(separator: ", ")))::text" },
        place: ["tableoid", "ctid"],
        temporarySchema: "pg_temp"
    )

    package static let sqlite = SQLDialect(
        name: "sqlite",
        names: .sqlite,
        spell: { type in
            switch type {
            case .integer, .boolean: "INTEGER"
            case .real: "REAL"
            case .text, .timestamp, .date, .mac, .textList, .json: "TEXT"
            }
        },
        accepts: { declared, type in
            switch (SQLiteAffinity(declared: declared), type) {
            case (.none, _), (.integer, .integer), (.integer, .boolean), (.real, .real): true
            // `NUMERIC`, `BOOLEAN`, `DATETIME`: numbers stay numbers, and a timestamp does not look like one.
            case (.numeric, .integer), (.numeric, .boolean), (.numeric, .real): true
            case (.numeric, .timestamp), (.numeric, .date): true
            case (.text, let type): ![.integer, .boolean, .real].contains(type)
            default: false
            }
        },
        hasCommentStatements: false,
        retype: { _, _, _ in nil },
        deletedRowsStay: false,
        nextMillisecond: { "strftime('%Y-%m-%dT%H:%M:%fZ', \($0), '+0.001 seconds')" },
        wholeRow: { columns in (["''"] + columns.map { "quote(\($0))" }).joined(separator: " || ',' || ") },
        place: ["rowid"],
        temporarySchema: "temp"
    )
}

/// SQLite's affinity of a declared type (https://www.sqlite.org/datatype3.html, 3.1).
private enum SQLiteAffinity {
    case text, integer, real, numeric, none

    init(declared: String) {
        let name = declared.uppercased()
        if name.contains("INT") {
            self = .integer
        } else if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") {
            self = .text
        } else if name.contains("BLOB") || name.isEmpty {
            self = .none
        } else if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") {
            self = .real
        } else {
            self = .numeric
        }
    }
}
