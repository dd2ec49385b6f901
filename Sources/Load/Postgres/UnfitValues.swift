import Pipeline
import Records

/// What becomes of values that a column of the user's own has no room for.
enum UnfitValues: String, SettingValue, CaseIterable {
    case refuse, quarantine

    static let meaning = """
        Values that are too long or too large for a column of your own, such as a varchar(20): refuse the load, or load \
        the rows without them and list the values in `rejects`, up to \(mostQuarantined) of them. Nothing is ever cut.
        """

    /// More than that is a column of the wrong type. They are kept in memory until the load ends.
    static let mostQuarantined = 10_000
}

extension PostgresTarget {
    private struct Column {
        let field: Field
        let type: String
        let limit: ColumnLimit
        /// Whether it cannot do without a value.
        let isRequired: Bool

        var name: String { field.name }
        var quoted: String { SQLDialect.quote(name) }
        var isUnfit: String { limit.isExceeded(by: "s.\(quoted)") }
    }

    /// Brings waiting values to the table's own types. Refuses those that do not fit, or empties them and says which.
    func settleUnfit(_ database: PostgresHandle, _ table: TargetTable?) throws -> [Reject] {
        let columns = limitedColumns(of: table)
        if columns.isEmpty { return [] }
        let rejects = try withoutUnfit(columns, database)
        let conversions = columns.filter(\.limit.isConverted).map { "ALTER COLUMN \($0.quoted) TYPE \($0.type)" }
        if !conversions.isEmpty {
            try database.execute("ALTER TABLE \(Self.staging) \(conversions.joined(separator: ", "))")
        }
        return rejects
    }

    private func limitedColumns(of table: TargetTable?) -> [Column] {
        merge.incoming.fields.compactMap { field in
            guard let column = table?.column(field.name), let limit = ColumnLimit(column) else { return nil }
            return Column(
                field: field,
                type: column.type,
                limit: limit,
                isRequired: column.isRequired || merge.schema.key.contains(field.name)
            )
        }
    }

    /// Rows of which only the key is of interest are none of this.
    private var isWritten: String { merge.removal == .delete ? "NOT \(merge.flag)" : "true" }

    private func withoutUnfit(_ columns: [Column], _ database: PostgresHandle) throws -> [Reject] {
        let counts = try database.rows(
            """
            SELECT \(columns.map { "count(*) FILTER (WHERE \($0.isUnfit))" }.joined(separator: ", "))
            FROM \(Self.staging) AS s WHERE \(isWritten)
            """
        ).first
        let unfit = zip(columns, counts ?? []).filter { $0.1 != "0" }.map { (column: $0, count: $1 ?? "") }
        if unfit.isEmpty { return [] }
        let count = unfit.reduce(0) { $0 + (Int($1.count) ?? 0) }
        guard
            self.unfit == .quarantine, count <= UnfitValues.mostQuarantined,
            unfit.allSatisfy({ !$0.column.isRequired })
        else { throw try refusal(unfit, database) }
        return try unfit.flatMap { try quarantine($0.column, database) }
    }

    private func quarantine(_ column: Column, _ database: PostgresHandle) throws -> [Reject] {
        let serial = merge.incoming.index(of: Self.serial) == nil ? "NULL" : "s.\(SQLDialect.quote(Self.serial))"
        let rejects = try database.rows(
            """
            SELECT \(serial), s.\(column.quoted)::text FROM \(Self.staging) AS s
            WHERE \(isWritten) AND \(column.isUnfit) ORDER BY 1, 2
            """
        ).map { row in
            Reject(
                dataset: merge.schema.name,
                serialNumber: row[0],
                column: column.name,
                reason: .doesNotFit,
                value: row[1] ?? "",
                stage: Postgres.spec.name
            )
        }
        try database.execute(
            "UPDATE \(Self.staging) AS s SET \(column.quoted) = NULL WHERE \(isWritten) AND \(column.isUnfit)"
        )
        return rejects
    }

    private static let serial = "serial_number"

    private func refusal(_ unfit: [(column: Column, count: String)], _ database: PostgresHandle) throws -> Failure {
        let names = merge.incoming.index(of: Self.serial) == nil ? merge.schema.key : [Self.serial]
        var problems: [String] = []
        for (column, count) in unfit {
            let isRequired = self.unfit == .quarantine && column.isRequired
            var problem = "\(column.name) is \(column.type), but \(count) values are larger"
            if isRequired { problem += " and it cannot be left empty" }
            let examples = try examples(of: column, names, database)
            if !examples.isEmpty { problem += " (\(names.joined(separator: ", ")) \(examples))" }
            problems.append(problem)
        }
        let types = unfit.map { "ALTER COLUMN \($0.column.quoted) TYPE \(merge.dialect.spell($0.column.field.type))" }
        let isOptional = unfit.allSatisfy { !$0.column.isRequired }
        let mayQuarantine = self.unfit == .refuse && isOptional
        if self.unfit == .quarantine, isOptional {
            problems.append("unfit: quarantine takes up to \(UnfitValues.mostQuarantined)")
        }
        return Failure(
            .badData,
            "values do not fit table \(table): \(problems.joined(separator: "; ")); nothing was changed",
            advice: (mayQuarantine ? "load the rows without them with unfit: quarantine, or run: " : "run: ")
                + "ALTER TABLE \(table.quoted) \(types.joined(separator: ", "));"
        )
    }

    /// What tells rows apart, of the first rows whose values do not fit.
    private func examples(of column: Column, _ names: [String], _ database: PostgresHandle) throws -> String {
        let list = names.filter { merge.incoming.index(of: $0) != nil }.map { "s.\(SQLDialect.quote($0))" }
            .joined(separator: ", ")
        if list.isEmpty { return "" }
        return try database.rows(
            """
            SELECT \(list) FROM \(Self.staging) AS s WHERE \(isWritten) AND \(column.isUnfit)
            ORDER BY \(list) LIMIT 4
            """
        ).examples
    }
}
