import Records

extension PostgresHandle {
    func inspect(_ table: TableName) throws -> TargetTable? {
        let name = SQLDialect.literal(table.quoted)
        let found = try rows(
            """
            SELECT c.oid, relkind, pg_has_role(relowner, 'USAGE')::int, nspname
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE c.oid = to_regclass(\(name))
            """
        ).first
        guard let found, let identity = found[0], let kind = found[1] else {
            try checkSchema(of: table)
            return nil
        }
        guard ["r", "p"].contains(kind) else {
            throw Failure(.destinationFailed, "\(table) is not a table", advice: "load into a table of another name")
        }
        let columns = try rows(
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), base.typname, (a.attgenerated <> '')::int,
                base.is_required::int, nullif(base.modifier, -1), (a.atthasdef OR a.attidentity <> '')::int
            FROM pg_attribute AS a
            CROSS JOIN LATERAL (
                -- A domain may be one over another domain.
                WITH RECURSIVE chain (type, modifier, is_required) AS (
                    SELECT a.atttypid, a.atttypmod, a.attnotnull
                    UNION ALL
                    SELECT t.typbasetype, t.typtypmod, chain.is_required OR t.typnotnull
                    FROM chain JOIN pg_type AS t ON t.oid = chain.type WHERE t.typtype = 'd'
                )
                SELECT t.typname, chain.modifier, chain.is_required
                FROM chain JOIN pg_type AS t ON t.oid = chain.type WHERE t.typtype <> 'd'
            ) AS base
            WHERE a.attrelid = \(identity) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """
        )
        let indexed = try rows(
            """
            SELECT i.indexrelid, a.attname
            FROM pg_index AS i CROSS JOIN generate_series(0, i.indnkeyatts - 1) AS place
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place]
            WHERE i.indrelid = \(identity) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
            """
        )
        return TargetTable(
            schema: found[3],
            columns: columns.map { row in
                TargetTable.Column(
                    name: row[0] ?? "",
                    type: row[1] ?? "",
                    baseType: row[2] ?? "",
                    isGenerated: row[3] == "1",
                    fillsItself: row[6] == "1",
                    isRequired: row[4] == "1",
                    modifier: row[5].flatMap { Int($0) }
                )
            },
            // An expression has no name; an index with one is no key of ours.
            uniqueKeys: Dictionary(grouping: indexed) { $0[0] }.values.map { Set($0.map { $0[1] ?? "" }) },
            isOurs: found[2] == "1"
        )
    }

    private func checkSchema(of table: TableName) throws {
        guard let schema = table.schema else { return }
        let name = SQLDialect.literal(SQLDialect.quote(schema))
        guard try rows("SELECT 1 WHERE to_regnamespace(\(name)) IS NOT NULL").isEmpty else { return }
        throw Failure(
            .destinationFailed,
            "there is no schema \(schema) for table \(table)",
            advice: "run: CREATE SCHEMA \(SQLDialect.quote(schema));"
        )
    }
}
