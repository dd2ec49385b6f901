import Records

/// Changes a column of the user's table to a type that can store our values. Advised only if every value stays the
/// same, whatever the session's settings: never if a fraction, a time of day or a zone would be lost or guessed.
enum TypeChange {
    static func statement(_ column: TargetTable.Column, _ type: ValueType, _ table: TableName) -> String? {
        let name = SQLDialect.quote(column.name)
        guard column.isFree, let change = change(from: column.baseType, to: type, name) else { return nil }
        let alter = "ALTER TABLE \(table.quoted) ALTER COLUMN \(name) TYPE \(change.type) USING \(change.value);"
        if change.type == "text[]" { return "\(listFunction) \(alter)" }
        // A session's setting may show fewer digits than a number has.
        return floating.contains(column.baseType) ? "SET extra_float_digits = 3; \(alter)" : alter
    }

    private static let whole: Set = ["int2", "int4", "int8"]
    private static let floating: Set = ["float4", "float8"]
    /// Types with the same text in every session.
    private static let plain: Set = [
        "bool", "bpchar", "name", "uuid", "json", "jsonb", "macaddr", "macaddr8", "inet", "cidr", "numeric",
    ]

    private static func change(
        from base: String,
        to type: ValueType,
        _ name: String
    ) -> (type: String, value: String)? {
        switch (base, type) {
        case (_, .text) where plain.union(whole).union(floating).contains(base),
            (_, .mac) where ["bpchar", "macaddr8"].contains(base):
            ("text", "\(name)::text")
        // Through its shortest text a number keeps its digits, and `numeric` can store all of them.
        case (_, .integer) where floating.contains(base): ("numeric", "\(name)::text::numeric")
        case (_, .real) where whole.contains(base): ("numeric", "\(name)::numeric")
        case ("float4", .real): ("double precision", "\(name)::text::double precision")
        // axport wrote its values in such a column in UTC.
        case ("timestamp", .timestamp): ("timestamptz", "\(name) AT TIME ZONE 'UTC'")
        case ("date", .timestamp): ("timestamptz", "\(name)::timestamp AT TIME ZONE 'UTC'")
        case ("json", .json): ("jsonb", "\(name)::jsonb")
        case ("jsonb", .textList), ("json", .textList): ("text[]", "pg_temp.axport_list(\(name)::jsonb)")
        default: nil
        }
    }

    /// A conversion cannot contain a query, but a function can.
    private static let listFunction = """
        CREATE OR REPLACE FUNCTION pg_temp.axport_list(jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT AS \
        $$SELECT CASE jsonb_typeof($1) WHEN 'array' THEN array(SELECT jsonb_array_elements_text($1)) \
        WHEN 'null' THEN NULL ELSE array[$1 #>> '{}'] END$$;
        """
}
