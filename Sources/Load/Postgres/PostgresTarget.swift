import Pipeline
import Records

/// The SQL of a load into one table.
struct PostgresTarget: Sendable {
    let merge: Merge
    let unfit: UnfitValues

    static let staging = #"pg_temp."axport_staging""#
    var table: TableName { merge.table }

    /// Opens the transaction and the way into the staging table. Returns the target as it is.
    func begin(_ database: PostgresHandle) throws -> TargetTable? {
        try database.execute("BEGIN")
        // In a transaction, so that it does not stick to a pooled connection.
        try database.execute("SET LOCAL TimeZone = 'UTC'")
        try database.execute("SET LOCAL standard_conforming_strings = on")
        let found = try inspect(database)
        // The target's own types, so that its rules apply and equal values compare equal; without their limits, so that
        // we see what does not fit.
        let columns = merge.incoming.fields.map { field in
            let column = found?.column(field.name)
            let type = column.flatMap(ColumnLimit.init)?.stagedType ?? column?.type ?? merge.dialect.spell(field.type)
            return "\(SQLDialect.quote(field.name)) \(type)"
        }
        let all = merge.stagingColumns(columns, flagType: "boolean")
        try database.execute("CREATE TEMPORARY TABLE axport_staging (\(all)) ON COMMIT DROP")
        try database.beginCopy("COPY \(Self.staging) (\(merge.stagedList)) FROM STDIN")
        return found
    }

    func commit(_ database: PostgresHandle, found before: TargetTable?, staged: Int) throws -> LoadCounts {
        let copied = try database.endCopy()
        guard copied == staged else {
            throw Failure(
                .destinationFailed,
                "PostgreSQL took \(copied) of \(staged) rows for \(table); nothing was changed"
            )
        }
        try lock(database)
        let now = try inspect(database)
        if let before, let now, before.columns != now.columns {
            throw Failure(
                .destinationFailed,
                "table \(table) was altered while its rows were read",
                advice: "run again"
            )
        }
        let rejects = try settleUnfit(database, now)
        var counts = try merge.run(on: database, found: now, staged: staged)
        counts.rejects = rejects
        try database.commit()
        return counts
    }

    /// One load at a time per table; readers and other writers are not held up.
    private func lock(_ database: PostgresHandle) throws {
        let schema = table.schema.map(SQLDialect.literal) ?? "current_schema()"
        let name = "concat('axport ', \(schema), '.', \(SQLDialect.literal(table.name)))"
        _ = try database.rows("SELECT pg_advisory_xact_lock(hashtextextended(\(name), 0))")
    }

    /// The target, which can take the rows; nil when there is none and one can be made.
    private func inspect(_ database: PostgresHandle) throws -> TargetTable? {
        let found = try database.inspect(table)
        try merge.check(found)
        return found
    }
}
