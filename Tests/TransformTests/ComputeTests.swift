import Records
import Testing

@Suite struct ComputeTests {
    private let table = Table.devices(
        ["serial_number": "S1", "color": "RED", "ordered_at": .timestamp("2025-04-30"), "coverage_records": "[]"],
        ["serial_number": "S2"]
    )

    @Test func columnsAreAdded() throws {
        let result = try table.applying(
            #"compute: { asset_tag: "'APL-' || serial_number", shade: "coalesce(color, 'none')" }"#
        )
        #expect(result.column("asset_tag") == ["APL-S1", "APL-S2"])
        #expect(result.column("shade") == ["RED", "none"])
        #expect(result.column("serial_number") == ["S1", "S2"])
        #expect(result.schema.fields.suffix(2).map(\.name) == ["asset_tag", "shade"])
    }

    @Test func columnsAreReplacedWhereTheyStand() throws {
        let result = try table.applying(
            #"compute: { color: "lower(color)", serial_number: "'X' || serial_number || color" }"#
        )
        #expect(result.schema.fields.map(\.name) == table.schema.fields.map(\.name))
        #expect(result.column("color") == ["red", nil])
        // All expressions see the columns as they came.
        #expect(result.column("serial_number") == ["XS1RED", nil])
        #expect(result.schema.key == ["serial_number"])
    }

    @Test func nameAloneKeepsTheType() throws {
        let result = try table.applying(#"compute: { bought: ordered_at, raw: "coverage_records", "Same": '"color"' }"#)
        #expect(result.column("bought") == [.timestamp("2025-04-30T00:00:00.000Z"), nil])
        #expect(result.type("bought") == .timestamp)
        #expect(result.column("Same") == ["RED", nil])
        #expect(result.schema.fields.first { $0.name == "raw" }?.role == .plain)
        #expect(result.batch.bytes.count == table.batch.bytes.count)
    }

    @Test(
        arguments: [
            ("CAST('12' AS INTEGER)", 12, .integer), ("cast (1.5 as real)", 1.5, .real),
            ("CAST(NULL AS INTEGER)", nil, .integer),
            ("CAST(1 AS INTEGER) + 1", "2", .text), ("1 + 1", "2", .text), ("3.0", "3.0", .text),
            ("'a' = 'a'", "1", .text),
            ("CAST(5 AS TEXT)", "5", .text), ("CAST('1' AS INTEGER) + CAST('2' AS INTEGER)", "3", .text),
            ("json_object('a', 1)", #"{"a":1}"#, .json), ("length('ä€𝄞')", "3", .text),
            ("(CAST('12' AS INTEGER))", "12", .text),
        ] as [(String, Value, ValueType)]
    )
    func resultIsTextACastsNumberOrJSON(_ expression: String, _ expected: Value, _ type: ValueType) throws {
        let result = try table.applying("compute: { x: \"\(expression)\" }")
        #expect(result["x"] == expected)
        #expect(result.type("x") == type)
    }

    @Test func everyTypeReachesTheExpression() throws {
        let schema = Schema(
            "all",
            "One column of each type.",
            key: [],
            ValueType.allCases.map { Field("c_\($0)", $0, "") }
        )
        let table = Table(
            schema,
            [
                [
                    "c_text": "t", "c_integer": 1, "c_real": 1.5, "c_boolean": true,
                    "c_timestamp": .timestamp("2025-01-02T03:04:05.6Z"),
                    "c_date": .date("2025-01-02"), "c_mac": "3c:22:fb:0a:0b:0c", "c_textList": #"["a"]"#,
                    "c_json": #"{"b":[2]}"#,
                ],
                ["c_text": ""],
            ]
        )
        let names = ValueType.allCases.map { "c_\($0)" }
        let lists = names.map { "typeof(\($0)) || ':' || \($0)" }.joined(separator: " || '|' || ")
        let result = try table.applying(
            "compute: { all: \"\(lists)\", empty: \"c_text = ''\", b: \"c_json ->> '$.b[0]'\" }"
        )
        #expect(
            result["all"]
                == #"text:t|integer:1|real:1.5|integer:1|text:2025-01-02T03:04:05.600Z|text:2025-01-02|text:3c:22:fb:0a:0b:0c|text:["a"]|text:{"b":[2]}"#
        )
        #expect(result.column("empty") == ["0", "1"])
        #expect(result["b"] == "2")
    }

    @Test func resultThatNothingCanStoreIsRefused() throws {
        let result = try table.applying(
            #"compute: { blob: "CAST(serial_number AS BLOB)", cut: "CAST(x'C3' AS TEXT)", huge: "CAST(9e999 AS REAL)", ok: "'ä'" }"#
        )
        #expect(result.column("blob") == [nil, nil])
        #expect(result.column("cut") == [nil, nil])
        #expect(result.column("huge") == [nil, nil])
        #expect(result.column("ok") == ["ä", "ä"])
        #expect(
            result.refused.prefix(3).map { [$0[0], $0[1], $0[2]] } == [
                ["S1", "blob", "invalid_text"], ["S1", "cut", "invalid_text"], ["S1", "huge", "range"],
            ]
        )
        #expect(result.rejects.map(\.stage).allSatisfy { $0 == "compute" })
    }

    @Test func everyProblemIsReported() {
        expectProblems(
            "compute: { a: 1️⃣colour, b: lower(color), c: upper(2️⃣statuss) }",
            "1️⃣ no column 'colour'; did you mean 'color'?",
            "2️⃣ no column 'statuss'; did you mean 'status'?"
        )
        expectProblems("compute: 1️⃣{}", "1️⃣ expected `name: SQL expression` pairs")
    }
}
