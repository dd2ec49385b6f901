import Pipeline
import Records

/// The SQL of a load into one table.
struct PostgresTarget: Sendable {
    let merge: Merge
    let limits: PostgresLimits

    static let staging = #"pg_temp."axport_staging""#
    var table: TableName { merge.table }

    /// Opens the transaction and the way into the staging table. Returns the target as it is.
    func begin(_ database: PostgresHandle) throws -> TargetTable? {
        // Behind a pool this waits until a connection is free, as for a lock.
        database.patience = limits.lock.seconds > 0 ? .seconds(limits.lock.seconds) : nil
        try database.execute("BEGIN")
        database.patience = limits.patience
        // In a transaction, so that it does not stick to a pooled connection.
        try database.execute("SET LOCAL TimeZone = 'UTC'")
        try database.execute("SET LOCAL standard_conforming_strings = on")
        try database.execute("SET LOCAL lock_timeout = '\(limits.lock.seconds)s'")
        // Whatever the server's own limit: the COPY below lasts as long as rows come.
        try database.execute("SET LOCAL statement_timeout = 0")
        let found = try inspect(database)
        // The target's own types, so that its rules apply and equal values compare equal.
        let columns = merge.schema.fields.map { field in
            let type = found?.column(field.name)?.type ?? SQLDialect.postgres.spell(field.type)
            return "\(SQLDialect.quote(field.name)) \(type)"
        }
        let flag = SQLDialect.quote(Merge.removedFlag)
        try database.execute(
            "CREATE TEMPORARY TABLE axport_staging (\(columns.joined(separator: ", ")), \(flag) boolean) ON COMMIT DROP"
        )
        try database.beginCopy("COPY \(Self.staging) FROM STDIN")
        return found
    }

    func commit(_ database: PostgresHandle, found before: TargetTable?, staged: Int) throws -> LoadCounts {
        let copied = try database.endCopy()
        try database.execute("SET LOCAL statement_timeout = '\(limits.statement.seconds)s'")
        guard copied == staged else {
            throw Failure(
                .destinationFailed,
                "PostgreSQL took \(copied) of \(staged) rows for \(table); nothing was changed"
            )
        }
        try lock(database)
        var isKeyed = merge.schema.keyIndexes != nil
        if let now = try inspect(database) {
            isKeyed = now.hasKey(of: merge.schema)
            if let before, before.columns != now.columns {
                throw Failure(
                    .destinationFailed,
                    "table \(table) was altered while its rows were read",
                    advice: "run again"
                )
            }
        } else {
            for statement in SQLDialect.postgres.createTable(merge.schema, named: merge.target) {
                try database.execute(statement)
            }
        }
        let counts = try merge.run(on: database, staged: staged, isKeyed: isKeyed)
        try database.commit()
        return counts
    }

    /// The target, or nil when there is none and one can be made.
    private func inspect(_ database: PostgresHandle) throws -> TargetTable? {
        let name = SQLDialect.literal(table.quoted)
        guard
            let row = try database.rows("SELECT oid, relkind FROM pg_class WHERE oid = to_regclass(\(name))").first,
            let identity = row[0], let kind = row[1]
        else {
            try checkSchema(database)
            return nil
        }
        guard ["r", "p"].contains(kind) else {
            throw Failure(.destinationFailed, "\(table) is not a table", advice: "load into a table of another name")
        }
        let columns = try database.rows(
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(base.typname, own.typname),
                (a.attgenerated <> '')::int
            FROM pg_attribute AS a
            JOIN pg_type AS own ON own.oid = a.atttypid
            LEFT JOIN pg_type AS base ON base.oid = own.typbasetype
            WHERE a.attrelid = \(identity) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """
        )
        let indexed = try database.rows(
            """
            SELECT i.indexrelid, a.attname
            FROM pg_index AS i CROSS JOIN generate_series(0, i.indnkeyatts - 1) AS place
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place]
            WHERE i.indrelid = \(identity) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
            """
        )
        let found = TargetTable(
            columns: columns.map { row in
                TargetTable.Column(
                    name: row[0] ?? "",
                    type: row[1] ?? "",
                    baseType: row[2] ?? "",
                    isGenerated: row[3] == "1"
                )
            },
            // An expression has no name; an index with one is no key of ours.
            uniqueKeys: Dictionary(grouping: indexed) { $0[0] }.values.map { Set($0.map { $0[1] ?? "" }) }
        )
        try found.check(merge.schema, as: table, mode: merge.mode, .postgres)
        return found
    }

    private func checkSchema(_ database: PostgresHandle) throws {
        guard let schema = table.schema else { return }
        let name = SQLDialect.literal(SQLDialect.quote(schema))
        guard try database.rows("SELECT 1 WHERE to_regnamespace(\(name)) IS NOT NULL").isEmpty else { return }
        throw Failure(
            .destinationFailed,
            "there is no schema \(schema) for table \(table)",
            advice: "run: CREATE SCHEMA \(SQLDialect.quote(schema));"
        )
    }
}
