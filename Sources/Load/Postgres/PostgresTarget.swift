import PostgreSQL
import Records
import Stages

/// The SQL of a load into one table.
struct PostgresTarget: Sendable {
    var merge: TableLoad
    let unfit: UnfitValues
    let limits: PostgresLimits

    static let stagingName = "axport_staging"
    static let staging = TableName(stagingName, in: "pg_temp").quoted
    var table: TableName { merge.table }

    /// Opens the transaction and the COPY: into the table itself if nothing is in it to compare with, else into the
    /// staging table.
    func begin(_ database: PostgresHandle) throws -> PostgresCopy {
        try beginTransaction(database)
        let found = try inspect(database)
        return try beginFilling(found, database) ?? beginStaging(found, database)
    }

    func beginTransaction(_ database: PostgresHandle) throws {
        // With a pool, this waits for a free connection as for a lock.
        database.patience = limits.lock.seconds > 0 ? .seconds(limits.lock.seconds) : nil
        // Overrides the role's default: we must see the changes that other loads commit while rows arrive.
        try database.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        database.patience = limits.patience
        // SET LOCAL, so that a pooled connection does not keep it. Overrides the server's statement timeout: the COPY
        // below lasts as long as rows arrive.
        try database.execute(
            """
            SET LOCAL TimeZone = 'UTC'; SET LOCAL standard_conforming_strings = on;
            SET LOCAL lock_timeout = '\(limits.lock.seconds)s'; SET LOCAL statement_timeout = 0
            """
        )
    }

    /// The COPY into the staging table.
    func beginStaging(_ found: TargetTable?, _ database: PostgresHandle) throws -> PostgresCopy {
        let isForeign = ForeignEncoding(of: database) != nil
        let columns = merge.incoming.fields.map { field in
            let type = isForeign && ForeignEncoding.concerns(field.type) ? "bytea" : stagedType(field, found)
            return "\(SQLDialect.quote(field.name)) \(type)"
        }
        let all = merge.stagingColumns(columns, flagType: "boolean")
        try database.execute("CREATE TEMPORARY TABLE axport_staging (\(all)) ON COMMIT DROP")
        let types = isForeign ? nil : CopyType.all(merge.incoming, in: found)
        let format =
            types.map { .binary(CopyBinary(types: $0, writesFlag: true)) }
            ?? CopyFormat.text(CopyText(merge.incoming, writesBytes: isForeign))
        try database.beginCopy("COPY \(Self.staging) (\(merge.stagedList)) FROM STDIN", format)
        return PostgresCopy(found: found, way: .staging, format: format)
    }

    /// The target's type, so that equal values compare equal. Without its limits and the rules of a domain, so that we
    /// can find the values that do not fit, and their rows.
    func stagedType(_ field: Field, _ found: TargetTable?) -> String {
        guard let column = found?.column(field.name) else { return merge.dialect.spell(field.type) }
        return ["int4", "int2"].contains(column.baseType) ? "bigint" : column.plainType
    }

    /// Runs everything except the end of the transaction.
    func bringUpToDate(_ database: PostgresHandle, _ copy: PostgresCopy) throws -> LoadCounts {
        if copy.way == .table { return try finishFilling(database, copy) }
        let before = copy.found
        try check(try database.endCopy(), of: copy)
        try database.execute("SET LOCAL statement_timeout = '\(limits.statement.seconds)s'")
        // With its default, the server compares 200,000 rows in 16 batches on its disk.
        try database.execute(
            """
            SELECT set_config('work_mem', '\(PostgresLimits.memory)', true)
            WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('\(PostgresLimits.memory)')
            """
        )
        try lock(database, in: before?.schema)
        let now = try inspect(database)
        if let before, let now, ours(of: before) != ours(of: now) {
            throw Failure(
                .destinationFailed,
                "table \(table) was altered while axport read its rows",
                advice: "run again"
            )
        }
        let waiting = StagedValues(of: self, in: database, for: now)
        let rejects = try waiting.settleForeign(copy.format.characters) + waiting.settleUnfit()
        var counts = try merge.run(on: database, found: now, staged: copy.sent)
        counts.rejects = rejects
        // Deferred constraints are checked here, so that we explain their errors, too.
        do {
            try database.guarded("SET CONSTRAINTS ALL IMMEDIATE")
        } catch {
            throw database.breach(error, in: table, of: merge.schema).map { merge.refusal($0) } ?? error
        }
        return counts
    }

    func check(_ copied: Int, of copy: PostgresCopy) throws(Failure) {
        guard copied != copy.sent else { return }
        throw Failure(
            .destinationFailed,
            "PostgreSQL took \(copied) of \(counted(copy.sent, "row")) for \(table); nothing was changed"
        )
    }

    /// The key of the advisory lock of a table's loads, as SQL.
    ///
    /// - Parameter found: the schema of the table; nil if the table does not exist yet.
    func lockKey(in found: String?) -> String {
        let schema = (found ?? table.schema).map(SQLDialect.literal) ?? "current_schema()"
        let name = "concat('axport ', \(schema), '.', \(SQLDialect.literal(table.name)))"
        return "hashtextextended(\(name), 0)"
    }

    /// Allows one load at a time per table. Does not block readers and other writers.
    private func lock(_ database: PostgresHandle, in found: String?) throws {
        let key = lockKey(in: found)
        do {
            _ = try database.rows("SELECT pg_advisory_xact_lock(\(key))")
        } catch let error as PostgresError where error.state == PostgresError.lockNotAvailable {
            let thisLock = "locktype = 'advisory' AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = \(key)"
            throw Failure(
                .locked,
                """
                another load holds table \(table)\(holders(database, of: thisLock)); it did not finish within lock_timeout: \(limits.lock)
                """,
                advice: "run again when that load is done, or raise `lock_timeout`"
            )
        }
    }

    private func ours(of found: TargetTable) -> [TargetTable.Column] {
        found.columns.filter { merge.schema.index(of: $0.name) != nil }
    }

    /// The target, after a check that it can store the rows; nil if it can be created.
    func inspect(_ database: PostgresHandle) throws -> TargetTable? {
        let found = try database.inspect(table)
        try merge.check(found, on: database)
        return found
    }
}
