import Records
import Stages

extension TableLoad {
    /// Throws if the existing table cannot store the rows, even with the columns that may be added.
    func check(_ found: TargetTable?, on database: some SQLConnection) throws {
        guard let found else { return }
        try check(found, schema, as: table, on: database)
    }

    /// - Parameter rows: the schema of the rows in the table. Other columns of the table are not checked.
    func check(_ found: TargetTable, _ rows: Schema, as table: TableName, on database: some SQLConnection) throws {
        var fit = TableFit(table)
        addColumns(rows, found, &fit)
        addTypes(rows, found, &fit)
        // Without a key, all rows are replaced, including the values of other owners.
        let others = found.columns.filter { rows.index(of: $0.name) == nil && !$0.hasOwnValue }.map(\.name)
        if rows.keyIndexes != nil, !found.hasKey(of: rows), mode != .replace || !others.isEmpty {
            addKey(rows, found, &fit, on: database)
        }
        if !others.isEmpty, mode == .replace, rows.keyIndexes == nil {
            fit.problems.append(
                """
                rows without a key would empty its \(others.joined(separator: ", ")) each time they change (name the \
                columns that tell them apart with `key:`)
                """
            )
        }
        if mode == .append {
            let names = Set(rows.fields.map { found.names.identity($0.name) })
            for key in Set(found.uniqueKeys)
            where !key.isEmpty && key.allSatisfy({ names.contains(found.names.identity($0)) })
                && !key.contains(Schema.runColumn)
            {
                fit.problems.append("it allows each \(key.sorted().joined(separator: ", ")) once, not once per run")
            }
        }
        if let failure = fit.failure(mayAddColumns: found.mayAddColumns) { throw failure }
    }

    private func addColumns(_ rows: Schema, _ found: TargetTable, _ fit: inout TableFit) {
        let missing = rows.fields.filter { found.column($0.name) == nil }
        if missing.isEmpty || migrates && found.mayAddColumns { return }
        let names = missing.map(\.name).joined(separator: ", ")
        let lack = missing.count == 1 ? "it has no column \(names)" : "it lacks \(missing.count) columns: \(names)"
        fit.problems.append(lack + (migrates ? " (only the table's owner may add one)" : ""))
        if found.mayAddColumns {
            fit.settings.append("add what is missing with `migrate: true`")
        } else {
            let columns = missing.map { "ADD COLUMN \(SQLDialect.quote($0.name)) \(dialect.spell($0.type))" }
            fit.statements.append("ALTER TABLE \(fit.table.quoted) \(columns.joined(separator: ", "));")
        }
    }

    private func addTypes(_ rows: Schema, _ found: TargetTable, _ fit: inout TableFit) {
        for field in rows.fields {
            guard let column = found.column(field.name) else { continue }
            if column.isGenerated {
                fit.problems.append("the database computes \(field.name) itself")
            } else if !dialect.accepts(column.baseType, field.type) {
                fit.problems.append("column \(field.name) is \(column.type), not \(dialect.spell(field.type))")
                fit.statements += [dialect.retype(column, field.type, fit.table)].compactMap { $0 }
            }
        }
    }

    private func addKey(
        _ rows: Schema,
        _ found: TargetTable,
        _ fit: inout TableFit,
        on database: some SQLConnection
    ) {
        let names = rows.key.joined(separator: ", ")
        let columns = rows.key.map(SQLDialect.quote).joined(separator: ", ")
        // The query fails if a column is missing. Nulls are never equal.
        let repeated = try? database.rows(
            """
            SELECT \(columns) FROM \(qualified(fit.table)) AS t
            WHERE \(rows.key.map { "t.\(SQLDialect.quote($0)) IS NOT NULL" }.joined(separator: " AND "))
            GROUP BY \(columns) HAVING count(*) > 1 ORDER BY \(columns) LIMIT 4
            """
        )
        if rows.key.allSatisfy({ found.column($0) != nil }), let repeated, !repeated.isEmpty {
            fit.problems.append("it contains one \(names) twice (\(repeated.examples))")
            fit.settings.append("delete the duplicate rows and create a unique index on \(names)")
            return
        }
        fit.problems.append("it may contain one \(names) twice")
        let outside = found.partitionKey.subtracting(rows.key)
        guard outside.isEmpty else {
            let whole = (outside.sorted() + rows.key).joined(separator: ", ")
            if outside.allSatisfy({ rows.index(of: $0) != nil }) {
                fit.settings.append("name a key with the column of its partitions, `key: [\(whole)]`")
            }
            return
        }
        if let index = try? database.freeIndexName(for: fit.table) {
            fit.statements.append("CREATE UNIQUE INDEX \(index)ON \(fit.table.quoted) (\(columns));")
        }
    }
}

/// Why a table cannot store the rows, with advice.
struct TableFit {
    let table: TableName
    var problems: [String] = []
    /// Advice that does not change the database.
    var settings: [String] = []
    var statements: [String] = []

    init(_ table: TableName) { self.table = table }

    func failure(mayAddColumns: Bool) -> Failure? {
        if problems.isEmpty { return nil }
        var advice = settings + ["load into another table", "exclude the columns with `columns:`"]
        if !statements.isEmpty {
            advice.append((mayAddColumns ? "run: " : "let the owner run: ") + statements.joined(separator: " "))
        }
        return Failure(
            .destinationFailed,
            "table \(table) does not fit: \(problems.joined(separator: ", "))",
            advice: advice.dropLast().joined(separator: ", ") + ", or " + advice[advice.count - 1]
        )
    }
}
