import PostgreSQL
import Records
import Stages

/// Compares the staged values with the columns that will store them.
struct StagedValues {
    let target: PostgresTarget
    let database: PostgresHandle
    /// Nil if the database accepts every text.
    let encoding: ForeignEncoding?
    private let table: TargetTable?

    static let serial = "serial_number"

    /// - Parameter table: nil if the load creates it.
    init(of target: PostgresTarget, in database: PostgresHandle, for table: TargetTable?) {
        self.target = target
        self.database = database
        self.table = table
        encoding = ForeignEncoding(of: database)
    }

    var incoming: Schema { target.merge.incoming }

    /// Refuses values that do not fit the table's types, or empties and reports them.
    func settleUnfit() throws -> [Reject] {
        try withoutUnfit(columns { _, column in column.flatMap(ColumnLimit.init) })
    }

    /// The same for characters that the database lacks. Converts values that are staged as bytes to their types.
    func settleForeign(_ characters: Set<Unicode.Scalar>) throws -> [Reject] {
        guard let encoding else { return [] }
        let missing = try encoding.missing(of: characters, database)
        let columns = columns { field, _ in ForeignEncoding.concerns(field.type) ? .characters(missing) : nil }
        if columns.isEmpty { return [] }
        let rejects = missing.isEmpty ? [] : try withoutUnfit(columns)
        let conversions = columns.map { column in
            let type = target.stagedType(column.field, table)
            return "ALTER COLUMN \(column.quoted) TYPE \(type) USING convert_from(\(column.quoted), 'UTF8')::\(type)"
        }
        try database.execute("ALTER TABLE \(PostgresTarget.staging) \(conversions.joined(separator: ", "))")
        return rejects
    }

    private func columns(limit: (Field, TargetTable.Column?) -> ColumnLimit?) -> [LimitedColumn] {
        incoming.fields.compactMap { field in
            let column = table?.column(field.name)
            guard let limit = limit(field, column) else { return nil }
            return LimitedColumn(
                field: field,
                type: column?.type ?? target.merge.dialect.spell(field.type),
                limit: limit,
                isRequired: column?.isRequired == true || target.merge.schema.key.contains(field.name),
                isFree: column?.isFree == true
            )
        }
    }

    private func withoutUnfit(_ columns: [LimitedColumn]) throws -> [Reject] {
        if columns.isEmpty { return [] }
        let counts = try database.rows(
            """
            SELECT \(columns.map { "count(*) FILTER (WHERE \($0.unfitting))" }.joined(separator: ", "))
            FROM \(PostgresTarget.staging) AS s WHERE \(toBeWritten)
            """
        ).first
        let unfit = zip(columns, counts ?? []).map { (column: $0, count: $1.flatMap { Int($0) } ?? 0) }
            .filter { $0.count > 0 }
        if unfit.isEmpty { return [] }
        let refusal = UnfitRefusal(values: self, unfit: unfit)
        if target.unfit == .refuse || refusal.isOfTooMany || !refusal.isOptional { throw try refusal.failure() }
        return try unfit.flatMap { try quarantine($0.column) }
    }

    private func quarantine(_ column: LimitedColumn) throws -> [Reject] {
        let serial = incoming.index(of: Self.serial).map { incoming.fields[$0] }
        let rejects = try database.rows(
            """
            SELECT \(serial.map(shown) ?? "NULL"), \(column.limit.text(of: "s.\(column.quoted)"))
            FROM \(PostgresTarget.staging) AS s WHERE \(misfits(column)) ORDER BY 1, 2
            """
        ).map { row in
            Reject(
                dataset: target.merge.schema.name,
                serialNumber: row[0],
                column: column.name,
                reason: .doesNotFit,
                value: column.limit.value(of: row[1] ?? ""),
                stage: Postgres.spec.name
            )
        }
        try database.execute(
            "UPDATE \(PostgresTarget.staging) AS s SET \(column.quoted) = NULL WHERE \(misfits(column))"
        )
        return rejects
    }

    /// Excludes rows that are staged only for their key.
    private var toBeWritten: Condition { target.merge.removals.devices == .delete ? !target.merge.flag : .always }

    /// Rows to be written whose value in the column does not fit.
    func misfits(_ column: LimitedColumn) -> Condition { toBeWritten && column.unfitting }

    /// A value of the key. If it is staged as bytes, bytes beyond ASCII are shown as numbers.
    func shown(_ field: Field) -> String {
        let column = "s.\(SQLDialect.quote(field.name))"
        guard encoding != nil, ForeignEncoding.concerns(field.type) else { return "\(column)::text" }
        return """
            CASE WHEN pg_typeof(\(column))::text = 'bytea' THEN encode(\(column)::text::bytea, 'escape') \
            ELSE \(column)::text END
            """
    }
}
