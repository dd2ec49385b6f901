import Records

/// A table as it is found in a database.
struct TargetTable: Sendable, Hashable {
    struct Column: Sendable, Hashable {
        let name: String
        /// As it was declared.
        let type: String
        /// What the declaration comes down to, in the dialect's terms.
        let baseType: String
        let isGenerated: Bool
    }

    var columns: [Column]
    /// Sets of columns by which the database tells rows apart.
    var uniqueKeys: [Set<String>]

    func column(_ name: String) -> Column? { columns.first { $0.name == name } }

    /// Whether the database tells the rows apart by their key, too.
    func hasKey(of schema: Schema) -> Bool { schema.keyIndexes != nil && uniqueKeys.contains(Set(schema.key)) }

    /// Throws unless the table can take the rows. Columns that the rows do not have are none of our business.
    func check(_ schema: Schema, as table: TableName, mode: TableMode, _ dialect: SQLDialect) throws(Failure) {
        var problems: [String] = []
        var remedies: [String] = []
        for field in schema.fields {
            let name = SQLDialect.quote(field.name)
            let type = dialect.spell(field.type)
            guard let column = column(field.name) else {
                problems.append("it has no column \(field.name)")
                remedies.append("ALTER TABLE \(table.quoted) ADD COLUMN \(name) \(type);")
                continue
            }
            if column.isGenerated {
                problems.append("the database computes \(field.name) itself")
            } else if !dialect.accepts(column.baseType, field.type) {
                problems.append("column \(field.name) is \(column.type), not \(type)")
                if dialect.canChangeTypes {
                    remedies.append(
                        "ALTER TABLE \(table.quoted) ALTER COLUMN \(name) TYPE \(type) USING \(name)::text::\(type);"
                    )
                }
            }
        }
        if mode == .merge, !hasKey(of: schema) {
            problems.append("it may hold a \(schema.key.joined(separator: ", ")) twice")
            let columns = schema.key.map(SQLDialect.quote).joined(separator: ", ")
            let index = SQLDialect.quote("\(table.name)_key")
            remedies.append("CREATE UNIQUE INDEX \(index) ON \(table.quoted) (\(columns));")
        }
        if problems.isEmpty { return }
        var advice = "load into another table, or leave the columns out with `columns:`"
        if !remedies.isEmpty { advice += ", or run: \(remedies.joined(separator: " "))" }
        throw Failure(
            .destinationFailed,
            "table \(table) does not fit: \(problems.joined(separator: ", "))",
            advice: advice
        )
    }
}
