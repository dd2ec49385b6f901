import PostgreSQL
import Records

extension PostgresHandle {
    func inspect(_ table: TableName) throws -> TargetTable? {
        let name = SQLDialect.literal(table.quoted)
        let found = try rows(
            """
            SELECT c.oid, relkind, pg_has_role(relowner, 'USAGE')::int, nspname,
                (relhastriggers OR relhasrules OR relkind = 'p')::int
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE c.oid = to_regclass(\(name))
            """
        ).first
        guard let found, let identity = found[0], let kind = found[1] else {
            try checkSchema(of: table)
            return nil
        }
        guard ["r", "p"].contains(kind) else {
            throw Failure(.destinationFailed, "\(table) is not a table", advice: "load into a table with another name")
        }
        let indexed = try rows(
            """
            SELECT i.indexrelid, a.attname
            FROM pg_index AS i CROSS JOIN generate_series(0, i.indnkeyatts - 1) AS place
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place]
            WHERE i.indrelid = \(identity) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
            """
        )
        // An expression can use any column, so it counts as a column that we do not have.
        let partitions = try rows(
            """
            SELECT a.attname FROM pg_partitioned_table AS p CROSS JOIN unnest(p.partattrs::int2[]) AS number
            LEFT JOIN pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = number
            WHERE p.partrelid = \(identity)
            """
        )
        return TargetTable(
            schema: found[3],
            columns: try rows(Self.columns(of: identity)).map(Self.column),
            // An expression has no name, so an index that has one cannot be our key.
            uniqueKeys: Dictionary(grouping: indexed) { $0[0] }.values.map { Set($0.map { $0[1] ?? "" }) },
            mayAddColumns: found[2] == "1",
            partitionKey: Set(partitions.map { $0[0] ?? "an expression" }),
            mayAlterRows: found[4] == "1",
            mayFillColumns: found[4] == "1",
            names: .postgres
        )
    }

    func freeIndexName(for table: TableName) -> String { "" }

    private static func columns(of identity: String) -> String {
        """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), base.typname, format_type(base.type, -1),
            (a.attgenerated <> '')::int, (a.atthasdef OR a.attidentity <> '' OR own.typdefault IS NOT NULL)::int,
            base.is_required::int, nullif(base.modifier, -1), (NOT EXISTS (\(dependants)))::int, (\(collation))
        FROM pg_attribute AS a JOIN pg_type AS own ON own.oid = a.atttypid
        CROSS JOIN LATERAL (
            SELECT own.typname, own.oid AS type, a.atttypmod AS modifier, a.attnotnull AS is_required
            WHERE own.typtype <> 'd'
            UNION ALL (
                -- A domain may be one over another domain.
                WITH RECURSIVE chain (type, modifier, is_required) AS (
                    SELECT own.typbasetype, own.typtypmod, a.attnotnull OR own.typnotnull WHERE own.typtype = 'd'
                    UNION ALL
                    SELECT t.typbasetype, t.typtypmod, chain.is_required OR t.typnotnull
                    FROM chain JOIN pg_type AS t ON t.oid = chain.type WHERE t.typtype = 'd'
                )
                SELECT t.typname, chain.type, chain.modifier, chain.is_required
                FROM chain JOIN pg_type AS t ON t.oid = chain.type WHERE t.typtype <> 'd' AND own.typtype = 'd'
            )
        ) AS base
        WHERE a.attrelid = \(identity) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """
    }

    /// Objects that may prevent a change of type: views, policies, triggers, defaults, conditions, foreign keys,
    /// partitions, and indexes that are more than a sorted list.
    private static let dependants = """
        SELECT 1 FROM pg_depend AS d WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid
            AND d.refobjsubid = a.attnum AND NOT (
                d.classid = 'pg_constraint'::regclass
                    AND EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.oid = d.objid AND k.contype IN ('p', 'u', 'n'))
                OR d.classid = 'pg_class'::regclass AND EXISTS (
                    SELECT 1 FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am ON pg_am.oid = c.relam
                    WHERE i.indexrelid = d.objid AND amname = 'btree' AND i.indexprs IS NULL AND i.indpred IS NULL))
        UNION ALL SELECT 1 FROM pg_constraint AS k WHERE k.contype = 'f' AND k.confrelid = a.attrelid
            AND a.attnum = ANY (k.confkey)
        UNION ALL SELECT 1 FROM pg_inherits WHERE inhrelid = a.attrelid
        UNION ALL SELECT 1 FROM pg_partitioned_table WHERE partrelid = a.attrelid AND a.attnum = ANY (partattrs)
        UNION ALL SELECT 1 WHERE a.attidentity <> ''
        """

    /// The collation that treats different texts as equal, of the column or of an index that tells rows apart. Older
    /// servers have none.
    private static let collation = """
        SELECT format('%I.%I', n.nspname, l.collname)
        FROM pg_collation AS l JOIN pg_namespace AS n ON n.oid = l.collnamespace
        WHERE to_jsonb(l) ->> 'collisdeterministic' = 'false' AND l.oid = ANY (ARRAY(
            SELECT a.attcollation UNION ALL SELECT i.indcollation[place]
            FROM pg_index AS i CROSS JOIN generate_series(0, i.indnkeyatts - 1) AS place
            WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indkey[place] = a.attnum))
        LIMIT 1
        """

    private static func column(_ row: [String?]) -> TargetTable.Column {
        let base = row[2] ?? ""
        var comparison = Comparison()
        if let collation = row[9] {
            comparison = Comparison(rule: "COLLATE \(collation)", collation: " COLLATE \(collation)")
        } else if base.hasSuffix("citext") {
            comparison.rule = "citext"
        }
        if comparison.rule != nil {
            comparison.exact = base.hasPrefix("_") ? #"::text[] COLLATE "C""# : #"::text COLLATE "C""#
        }
        return TargetTable.Column(
            name: row[0] ?? "",
            type: row[1] ?? "",
            baseType: base,
            plainType: row[3] ?? "",
            isGenerated: row[4] == "1",
            hasOwnValue: row[5] == "1",
            isRequired: row[6] == "1",
            modifier: row[7].flatMap { Int($0) },
            isFree: row[8] == "1",
            comparison: comparison
        )
    }

    private func checkSchema(of table: TableName) throws {
        guard let schema = table.schema else { return try requireSearchPath(of: table) }
        let name = SQLDialect.literal(SQLDialect.quote(schema))
        guard try rows("SELECT 1 WHERE to_regnamespace(\(name)) IS NOT NULL").isEmpty else { return }
        throw Failure(
            .destinationFailed,
            "the schema \(schema) does not exist",
            advice: "run: CREATE SCHEMA \(SQLDialect.quote(schema));"
        )
    }

    private func requireSearchPath(of table: TableName) throws {
        guard try rows("SELECT 1 WHERE current_schema() IS NULL").count == 1 else { return }
        throw Failure(
            .destinationFailed,
            "table \(table) has no schema: this role may use none of its search_path",
            advice: "name the schema in `table`, such as assets.\(TableName(table.name))"
        )
    }
}
