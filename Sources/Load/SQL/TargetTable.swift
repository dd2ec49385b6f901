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
        /// Whether the database fills it where a row does not.
        let fillsItself: Bool
        /// Whether it refuses nulls.
        let isRequired: Bool
        /// How long or precise its values may be, as the database counts; nil where it says nothing of the kind.
        let modifier: Int?
    }

    /// The schema that it was found in, in databases that have such.
    let schema: String?
    var columns: [Column]
    /// Sets of columns by which the database tells rows apart.
    var uniqueKeys: [Set<String>]
    /// Whether we may add columns.
    let isOurs: Bool

    /// The declared types of its columns by their names.
    var types: [String: String] {
        Dictionary(columns.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    }

    func column(_ name: String) -> Column? { columns.first { $0.name == name } }

    /// Whether the database tells the rows apart by their key, too.
    func hasKey(of schema: Schema) -> Bool { schema.keyIndexes != nil && uniqueKeys.contains(Set(schema.key)) }

    /// Throws unless the table can take the rows, perhaps with columns that may be added. Columns that the rows do not
    /// have are none of our business.
    func check(
        _ schema: Schema,
        as table: TableName,
        mode: TableMode,
        migrates: Bool,
        _ dialect: SQLDialect
    ) throws(Failure) {
        var problems: [String] = []
        var remedies: [String] = []
        for field in schema.fields {
            let name = SQLDialect.quote(field.name)
            let type = dialect.spell(field.type)
            guard let column = column(field.name) else {
                if migrates, isOurs { continue }
                problems.append(
                    "it has no column \(field.name)\(migrates ? ", and only the table's owner may add one" : "")"
                )
                remedies += dialect.addColumn(field, to: table.quoted).prefix(1).map { "\($0);" }
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
        // Where rows are not told apart all of them go, and take with them what others wrote beside ours.
        let others = columns.filter { schema.index(of: $0.name) == nil && !$0.fillsItself }.map(\.name)
        if schema.keyIndexes != nil, !hasKey(of: schema), mode != .replace || !others.isEmpty {
            problems.append("it may hold a \(schema.key.joined(separator: ", ")) twice")
            let columns = schema.key.map(SQLDialect.quote).joined(separator: ", ")
            let index = SQLDialect.quote("\(table.name)_key")
            remedies.append("CREATE UNIQUE INDEX \(index) ON \(table.quoted) (\(columns));")
        }
        if !others.isEmpty, mode == .replace, schema.keyIndexes == nil {
            problems.append(
                """
                rows without a key would empty its \(others.joined(separator: ", ")) each time they change (name the \
                columns that tell them apart with `key:`)
                """
            )
        }
        if mode == .append {
            let names = Set(schema.fields.map(\.name))
            for key in Set(uniqueKeys) where !key.isEmpty && key.isSubset(of: names) && !key.contains(Schema.runColumn)
            {
                problems.append("it takes a \(key.sorted().joined(separator: ", ")) once, not once for every run")
            }
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
