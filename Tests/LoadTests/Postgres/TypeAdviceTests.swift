import Records
import Stages
import TestSupport
import Testing

/// Every statement that is advised for a column of another type is executed, in a session with odd settings, on a table
/// with rows: it keeps each of them, and the load continues.
@Suite struct TypeAdviceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let declared: String
        let type: ValueType
        /// Values as SQL writes them, and as a text in UTC once the advice was followed.
        let values: [(before: String, after: String?)]
        var testDescription: String { "\(declared) for \(type)" }

        init(_ declared: String, for type: ValueType, _ values: [(String, String?)]) {
            self.declared = declared
            self.type = type
            self.values = values.map { (before: $0.0, after: $0.1) }
        }
    }

    static let cases = [
        Case("timestamp", for: .timestamp, [("'2026-01-01 12:00'", "2026-01-01 12:00:00+00"), ("NULL", nil)]),
        Case("timestamp(0)", for: .timestamp, [("'2026-07-01 02:30'", "2026-07-01 02:30:00+00")]),
        Case("date", for: .timestamp, [("'2026-03-08'", "2026-03-08 00:00:00+00")]),
        Case(
            "real",
            for: .integer,
            [("1.5", "1.5"), ("16777216", "16777216"), ("1e+06", "1000000"), ("0.1", "0.1"), ("'NaN'", "NaN")]
        ),
        Case("double precision", for: .integer, [("9007199254740991", "9007199254740991"), ("1e20", "1" + zeros(20))]),
        Case("real", for: .real, [("0.1", "0.1"), ("1e+30", "1e+30")]),
        Case("bigint", for: .real, [("9007199254740993", "9007199254740993")]),
        Case("smallint", for: .real, [("7", "7")]),
        Case("integer", for: .text, [("7", "7"), ("-1", "-1")]),
        Case("double precision", for: .text, [("0.1", "0.1")]),
        Case("numeric(10,2)", for: .text, [("7.50", "7.50")]),
        Case("boolean", for: .text, [("true", "true")]),
        Case("uuid", for: .text, [("'00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001")]),
        Case("char(4)", for: .text, [("'ab'", "ab")]),
        Case("json", for: .json, [(#"'{"a": [1.50]}'"#, #"{"a": [1.50]}"#)]),
        Case("macaddr8", for: .mac, [("'08:00:2b:01:02:03:04:05'", "08:00:2b:01:02:03:04:05")]),
        Case("char(17)", for: .mac, [("'a4:83:e7:00:11:22'", "a4:83:e7:00:11:22")]),
        Case(
            "jsonb",
            for: .textList,
            [
                (#"'["1","a\"b\\c,{}[]",null,7]'"#, #"{1,"a\"b\\c,{}[]",NULL,7}"#), ("'[]'", "{}"), ("'null'", nil),
                (#"'"one"'"#, "{one}"), ("NULL", nil),
            ]
        ),
        Case("json", for: .textList, [(#"'["l\n1"]'"#, "{\"l\n1\"}")]),
    ]

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

    private static func schema(_ type: ValueType) -> Schema {
        Schema("things", "", key: ["id"], [Field("id", .text, ""), Field("value", type, "")])
    }

    private static let samples: [ValueType: TestValue] = [
        .text: "t", .integer: 5, .real: 0.5, .boolean: true, .timestamp: .moment(0), .date: .day(0),
        .mac: "a4:83:e7:00:11:22", .textList: #"["1"]"#, .json: #"{"a":1}"#,
    ]

    @Test(arguments: cases) func everyValueStaysAndTheLoadGoesOn(_ example: Case) async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query("CREATE TABLE things (id text PRIMARY KEY, value \(example.declared))")
        for (index, value) in example.values.enumerated() {
            try await database.query("INSERT INTO things VALUES ('\(index)', \(value.before))")
        }
        let schema = Self.schema(example.type)
        let row = Batch([["new", try #require(Self.samples[example.type])]])
        try await database.follow(try await failure { try await database.loader().load(schema, row) })
        #expect(try await database.loader().load(schema, row) == LoadCounts(written: 1))
        #expect(try await database.loader().load(schema, row) == LoadCounts(unchanged: 1))
        let found = try await database.query("SELECT value::text FROM things WHERE id <> 'new' ORDER BY id")
        #expect(found.map { $0[0] } == example.values.map(\.after))
    }

    /// Where a conversion would lose or guess something, or something else depends on the column, none is printed.
    @Test(arguments: [
        ("text", ValueType.integer, ""), ("timestamptz", .text, ""), ("timestamp", .date, ""),
        ("integer", .boolean, ""),
        ("text", .json, ""), ("timestamp", .text, ""), ("text", .timestamp, ""), ("bytea", .text, ""),
        ("timestamp", .timestamp, "CREATE VIEW seen AS SELECT value FROM things"),
        ("timestamp DEFAULT localtimestamp", .timestamp, ""), ("real CHECK (value > 0)", .integer, ""),
        ("integer GENERATED ALWAYS AS IDENTITY", .text, ""), ("integer REFERENCES others", .text, ""),
        ("timestamp", .timestamp, "CREATE INDEX ON things (date_trunc('day', value))"),
        (
            "integer", .text,
            "ALTER TABLE things ADD UNIQUE (value); CREATE TABLE more (v int REFERENCES things (value))"
        ),
    ])
    func noStatementIsBetterThanOneThatHarms(declared: String, type: ValueType, more: String) async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query("CREATE TABLE others (id integer PRIMARY KEY)")
        try await database.query("CREATE TABLE things (id text PRIMARY KEY, value \(declared)); \(more)")
        let refusal = try await failure { try await database.loader().load(Self.schema(type)) }
        #expect(refusal.message.hasPrefix("table things does not fit: column value is "))
        #expect(refusal.advice == "load into another table, or exclude the columns with `columns:`")
    }

    @Test func theAdviceForOtherRolesTablesIsForTheirOwner() async throws {
        let server = try await PostgresServer.shared()
        let database = try await TestDatabase(.postgres)
        let role = "loader_\(database.place.suffix(8))"
        try await database.query(
            """
            CREATE ROLE \(role) LOGIN; CREATE TABLE things (id text PRIMARY KEY);
            GRANT SELECT, INSERT, UPDATE ON things TO \(role)
            """
        )
        let name = try #require(database.place.split(separator: "/").last)
        let load = try loader("postgres: { url: '\(server.url(String(name), user: role))', table: things }")
        let refusal = try await failure { try await load.load(.types) }
        #expect(refusal.message.hasPrefix("table things does not fit: it lacks 8 columns: size, share, is_new, "))
        #expect(refusal.message.split(separator: "column").count == 2)
        #expect(refusal.advice?.contains("let the owner run: ALTER TABLE") == true)
        try await database.follow(refusal)
        #expect(try await load.load(.types) == LoadCounts())
    }

    @Test func aPartitionedTableIsGivenAKeyThatItCanHave() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query(
            """
            CREATE TABLE pairs (id text, note text) PARTITION BY HASH (note);
            CREATE TABLE pairs_0 PARTITION OF pairs FOR VALUES WITH (MODULUS 1, REMAINDER 0)
            """
        )
        let refusal = try await failure { try await database.loader().load(.pairs) }
        #expect(refusal.advice?.contains("`key: [note, id]`") == true)
        #expect(refusal.advice?.contains("CREATE") == false)
        let keyed = try database.loader("key: [note, id]")
        try await database.follow(try await failure { try await keyed.load(.pairs) })
        #expect(try await keyed.load(.pairs, Batch([["1", "one"]])) == LoadCounts(written: 1))
    }
}
