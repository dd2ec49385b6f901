import Records
import Stages

/// What becomes of values that a column of the user's own has no room for.
enum UnfitValues: String, SettingValue, CaseIterable {
    case refuse, quarantine

    static let meaning = """
        What to do with values that do not fit a column of your table: too long for varchar(20), too large for an \
        integer, too many digits for numeric(8,2) or timestamptz(0), or a character that the encoding of the database \
        does not have. `refuse` fails the load. `quarantine` loads the rows without these values and lists the values \
        in `rejects`, up to \(mostQuarantined). Values are never truncated or rounded.
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
        let isFree: Bool

        var name: String { field.name }
        var quoted: String { SQLDialect.quote(name) }
        var unfitting: Condition { limit.excess(of: "s.\(quoted)") }
    }

    /// Refuses waiting values that do not fit the table's own types, or empties them and says which.
    func settleUnfit(_ database: PostgresHandle, _ table: TargetTable?) throws -> [Reject] {
        try withoutUnfit(columns(of: table) { _, column in column.flatMap(ColumnLimit.init) }, database)
    }

    /// The same for characters that the database lacks. Brings values that wait as bytes to their types.
    func settleForeign(
        _ characters: Set<Unicode.Scalar>,
        _ database: PostgresHandle,
        _ table: TargetTable?
    ) throws -> [Reject] {
        guard let encoding = ForeignEncoding(of: database) else { return [] }
        let missing = try encoding.missing(of: characters, database)
        let columns = columns(of: table) { field, _ in
            ForeignEncoding.concerns(field.type) ? .characters(missing) : nil
        }
        if columns.isEmpty { return [] }
        let rejects = missing.isEmpty ? [] : try withoutUnfit(columns, database)
        let conversions = columns.map { column in
            let type = stagedType(column.field, table)
            return "ALTER COLUMN \(column.quoted) TYPE \(type) USING convert_from(\(column.quoted), 'UTF8')::\(type)"
        }
        try database.execute("ALTER TABLE \(Self.staging) \(conversions.joined(separator: ", "))")
        return rejects
    }

    private func columns(
        of table: TargetTable?,
        limit: (Field, TargetTable.Column?) -> ColumnLimit?
    ) -> [Column] {
        merge.incoming.fields.compactMap { field in
            let column = table?.column(field.name)
            guard let limit = limit(field, column) else { return nil }
            return Column(
                field: field,
                type: column?.type ?? merge.dialect.spell(field.type),
                limit: limit,
                isRequired: column?.isRequired == true || merge.schema.key.contains(field.name),
                isFree: column?.isFree == true
            )
        }
    }

    /// Leaves out rows that only have a key.
    private var toBeWritten: Condition { merge.removal == .delete ? !merge.flag : .always }

    private func withoutUnfit(_ columns: [Column], _ database: PostgresHandle) throws -> [Reject] {
        if columns.isEmpty { return [] }
        let counts = try database.rows(
            """
            SELECT \(columns.map { "count(*) FILTER (WHERE \($0.unfitting))" }.joined(separator: ", "))
            FROM \(Self.staging) AS s WHERE \(toBeWritten)
            """
        ).first
        let unfit = zip(columns, counts ?? []).map { (column: $0, count: $1.flatMap { Int($0) } ?? 0) }
            .filter { $0.count > 0 }
        if unfit.isEmpty { return [] }
        guard
            self.unfit == .quarantine, unfit.map(\.count).reduce(0, +) <= UnfitValues.mostQuarantined,
            unfit.allSatisfy({ !$0.column.isRequired })
        else { throw try refusal(unfit, database) }
        return try unfit.flatMap { try quarantine($0.column, database) }
    }

    private func quarantine(_ column: Column, _ database: PostgresHandle) throws -> [Reject] {
        let serial = merge.incoming.index(of: Self.serial).map { merge.incoming.fields[$0] }
        let rejects = try database.rows(
            """
            SELECT \(serial.map { shown($0, database) } ?? "NULL"), \(column.limit.text(of: "s.\(column.quoted)"))
            FROM \(Self.staging) AS s WHERE \(toBeWritten && column.unfitting) ORDER BY 1, 2
            """
        ).map { row in
            Reject(
                dataset: merge.schema.name,
                serialNumber: row[0],
                column: column.name,
                reason: .doesNotFit,
                value: column.limit.value(of: row[1] ?? ""),
                stage: Postgres.spec.name
            )
        }
        try database.execute(
            "UPDATE \(Self.staging) AS s SET \(column.quoted) = NULL WHERE \(toBeWritten && column.unfitting)"
        )
        return rejects
    }

    private static let serial = "serial_number"

    private func refusal(_ unfit: [(column: Column, count: Int)], _ database: PostgresHandle) throws -> Failure {
        let isOptional = unfit.allSatisfy { !$0.column.isRequired }
        var problems: [String] = []
        for (column, count) in unfit {
            var problem = problem(of: column, count, database)
            if self.unfit == .quarantine, column.isRequired { problem += " and it cannot be left empty" }
            let examples = try examples(of: column, database)
            problems.append(examples.isEmpty ? problem : "\(problem) (\(examples))")
        }
        if self.unfit == .quarantine, isOptional {
            problems.append("unfit: quarantine takes up to \(UnfitValues.mostQuarantined)")
        }
        let mayQuarantine = self.unfit == .refuse && isOptional
        let remedy = remedy(unfit.map(\.column))
        return Failure(
            .badData,
            "values do not fit table \(table): \(problems.joined(separator: "; ")); nothing was changed",
            advice: mayQuarantine ? "load the rows without them with unfit: quarantine, or \(remedy)" : remedy
        )
    }

    private func problem(of column: Column, _ count: Int, _ database: PostgresHandle) -> String {
        let values = counted(count, "value")
        guard case .characters = column.limit else {
            return "\(column.name) is \(column.type), but \(values) \(count == 1 ? "does" : "do") not fit"
        }
        let encoding = ForeignEncoding(of: database)?.name ?? ""
        return "\(column.name) has \(values) with characters that the database's encoding \(encoding) lacks"
    }

    private func remedy(_ columns: [Column]) -> String {
        let changes = columns.compactMap { column in
            column.limit.roomyType.map { "ALTER COLUMN \(column.quoted) TYPE \($0)" }
        }
        if changes.isEmpty { return "load into a database with the encoding UTF8" }
        guard columns.allSatisfy(\.isFree) else {
            return "give the columns types with more room; views and the like that depend on them have to go meanwhile"
        }
        return "run: ALTER TABLE \(table.quoted) \(changes.joined(separator: ", "));"
    }

    /// What tells rows apart, of the first rows whose values do not fit.
    private func examples(of column: Column, _ database: PostgresHandle) throws -> String {
        let names = merge.incoming.index(of: Self.serial) == nil ? merge.schema.key : [Self.serial]
        let fields = merge.incoming.fields.filter { names.contains($0.name) }
        if fields.isEmpty { return "" }
        let found = try database.rows(
            """
            SELECT \(fields.map { shown($0, database) }.joined(separator: ", ")) FROM \(Self.staging) AS s
            WHERE \(toBeWritten && column.unfitting)
            ORDER BY \(fields.map { "s.\(SQLDialect.quote($0.name))" }.joined(separator: ", ")) LIMIT 4
            """
        )
        return "\(fields.map(\.name).joined(separator: ", ")) \(found.examples)"
    }

    /// A value that tells rows apart. Where it waits as bytes, those beyond ASCII are shown as numbers.
    private func shown(_ field: Field, _ database: PostgresHandle) -> String {
        let column = "s.\(SQLDialect.quote(field.name))"
        guard ForeignEncoding(of: database) != nil, ForeignEncoding.concerns(field.type) else {
            return "\(column)::text"
        }
        return """
            CASE WHEN pg_typeof(\(column))::text = 'bytea' THEN encode(\(column)::text::bytea, 'escape') \
            ELSE \(column)::text END
            """
    }
}
