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
        let needed = (rows.keyIndexes == nil ? [] : rows.key) + (mode == .append ? [Schema.runColumn] : [])
        var fit = TableFit(table, needed: Set(needed))
        addColumns(rows, found, &fit)
        addTypes(rows, found, &fit)
        // Without a key, all rows are replaced, including the values of other owners.
        let others = found.columns.filter { rows.index(of: $0.name) == nil && !$0.hasOwnValue }
        let keysOfOneRun = mode == .append ? found.keysOfOneRun(rows) : []
        for key in keysOfOneRun.sorted() {
            fit.add("it allows each \(key) once, not once per run", isSolvable: false)
        }
        if keysOfOneRun.isEmpty, rows.keyIndexes != nil, !found.hasKey(of: rows), mode != .replace || !others.isEmpty {
            try addKey(rows, found, &fit, on: database)
        }
        if !others.isEmpty, mode == .replace, rows.keyIndexes == nil {
            fit.add(
                """
                rows without a key would empty its \(others.map(\.name).joined(separator: ", ")) each time they change \
                (name the columns that tell them apart with `key:`)
                """,
                isSolvable: false
            )
        }
        if !found.mayFillColumns { fit.addUnfilled(others.filter(\.isRequired).map(\.name)) }
        if let failure = fit.failure(mayAddColumns: found.mayAddColumns) { throw failure }
    }

    private func addColumns(_ rows: Schema, _ found: TargetTable, _ fit: inout TableFit) {
        let missing = rows.fields.filter { found.column($0.name) == nil }
        if missing.isEmpty || migrates && found.mayAddColumns { return }
        let names = missing.map(\.name)
        let list = names.joined(separator: ", ")
        let lack = missing.count == 1 ? "it has no column \(list)" : "it lacks \(missing.count) columns: \(list)"
        fit.add(lack + (migrates ? " (only the table's owner may add one)" : ""), of: names)
        if found.mayAddColumns {
            fit.toMigrate = Set(names)
        } else {
            let columns = missing.map { "ADD COLUMN \(SQLDialect.quote($0.name)) \(dialect.spell($0.type))" }
            fit.statements.append("ALTER TABLE \(fit.table.quoted) \(columns.joined(separator: ", "));")
        }
    }

    private func addTypes(_ rows: Schema, _ found: TargetTable, _ fit: inout TableFit) {
        for field in rows.fields {
            guard let column = found.column(field.name) else { continue }
            if column.isGenerated {
                fit.add("the database computes \(field.name) itself", of: [field.name], isSolvable: false)
            } else if !dialect.accepts(column.baseType, field.type) {
                let statement = dialect.retype(column, field.type, fit.table)
                fit.add(
                    "column \(field.name) is \(column.type), not \(dialect.spell(field.type))",
                    of: [field.name],
                    isSolvable: statement != nil
                )
                fit.statements += [statement].compactMap(\.self)
            }
        }
    }

    private func addKey(
        _ rows: Schema,
        _ found: TargetTable,
        _ fit: inout TableFit,
        on database: some SQLConnection
    ) throws {
        let names = rows.key.joined(separator: ", ")
        let columns = rows.key.map(SQLDialect.quote).joined(separator: ", ")
        let missing = rows.fields.filter { rows.key.contains($0.name) && found.column($0.name) == nil }
        let repeated = missing.isEmpty ? repeatedKeys(rows, fit.table, on: database) : []
        if !repeated.isEmpty {
            fit.add("it contains one \(names) twice (\(repeated.examples))", isSolvable: false)
            fit.settings.append("delete the duplicate rows and create a unique index on \(names)")
            return
        }
        let outside = found.partitionKey.subtracting(rows.key)
        fit.add("it may contain one \(names) twice", isSolvable: outside.isEmpty)
        guard outside.isEmpty else {
            let whole = (outside.sorted() + rows.key).joined(separator: ", ")
            if outside.allSatisfy({ rows.index(of: $0) != nil }) {
                fit.settings.append("name a key with the column of its partitions, `key: [\(whole)]`")
            }
            return
        }
        if found.mayAddColumns {
            // An index needs its columns before a load could add them.
            for field in missing {
                fit.statements += dialect.addColumn(field, to: fit.table.quoted).prefix(1).map { "\($0);" }
            }
            fit.toMigrate.subtract(rows.key)
        }
        let index = try database.freeIndexName(for: fit.table)
        fit.statements.append("CREATE UNIQUE INDEX \(index)ON \(fit.table.quoted) (\(columns));")
    }

    /// Some keys that several rows of a table have. Nulls are never equal.
    private func repeatedKeys(_ rows: Schema, _ table: TableName, on database: some SQLConnection) -> [[String?]] {
        let columns = rows.key.map(SQLDialect.quote).joined(separator: ", ")
        // The query fails if the values of a column cannot be compared.
        let found = try? database.rows(
            """
            SELECT \(columns) FROM \(qualified(table)) AS t
            WHERE \(rows.key.map { "t.\(SQLDialect.quote($0)) IS NOT NULL" }.joined(separator: " AND "))
            GROUP BY \(columns) HAVING count(*) > 1 ORDER BY \(columns) LIMIT 4
            """
        )
        return found ?? []
    }
}

extension TargetTable {
    /// The columns of each key that allows a row in one run only.
    fileprivate func keysOfOneRun(_ rows: Schema) -> Set<String> {
        let ours = Set(rows.fields.map { names.identity($0.name) })
        let keys = uniqueKeys.filter { key in
            !key.isEmpty && !key.contains(Schema.runColumn) && key.allSatisfy { ours.contains(names.identity($0)) }
        }
        return Set(keys.map { $0.sorted().joined(separator: ", ") })
    }
}

/// Why a table cannot store the rows, with advice.
struct TableFit {
    let table: TableName
    /// The columns of the rows that no load can exclude.
    private let needed: Set<String>
    private var problems: [String] = []
    /// Advice that does not change the database.
    var settings: [String] = []
    var statements: [String] = []
    /// The columns that `migrate` adds, beside the statements.
    var toMigrate: Set<String> = []
    /// Whether the statements and `migrate` solve all problems.
    private var isSolvable = true
    /// Whether all problems end if columns are excluded.
    private var isOfColumns = true

    init(_ table: TableName, needed: Set<String>) {
        self.table = table
        self.needed = needed
    }

    /// - Parameter columns: the columns of the rows that have the problem, if only they have it.
    mutating func add(_ problem: String, of columns: [String] = [], isSolvable: Bool = true) {
        problems.append(problem)
        self.isSolvable = self.isSolvable && isSolvable
        isOfColumns = isOfColumns && !columns.isEmpty && needed.isDisjoint(with: columns)
    }

    /// Adds columns of others that new rows would need. By itself this is no problem: there may be no new rows.
    mutating func addUnfilled(_ columns: [String]) {
        if problems.isEmpty || columns.isEmpty { return }
        let them = columns.count == 1 ? "it" : "them"
        add(
            "no row can be added, because \(columns.joined(separator: ", ")) must not be empty and nothing fills \(them)",
            isSolvable: false
        )
    }

    func failure(mayAddColumns: Bool) -> Failure? {
        if problems.isEmpty { return nil }
        var advice = settings + ["load into another table"]
        if isOfColumns { advice.append("exclude the columns with `columns:`") }
        if isSolvable, !statements.isEmpty {
            let migration = toMigrate.isEmpty ? "" : "set `migrate: true` and "
            let runner = mayAddColumns ? "run: " : "let the owner run: "
            advice.append(migration + runner + statements.joined(separator: " "))
        } else if isSolvable, !toMigrate.isEmpty {
            advice.insert("add what is missing with `migrate: true`", at: 0)
        }
        let last = advice.removeLast()
        return Failure(
            .destinationFailed,
            "table \(table) does not fit: \(problems.joined(separator: ", "))",
            advice: advice.isEmpty ? last : "\(advice.joined(separator: ", ")), or \(last)"
        )
    }
}
