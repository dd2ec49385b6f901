import Records
import Stages
import Testing

@Suite struct SortTests {
    private static let things = Schema(
        "things",
        "What is sorted.",
        key: [],
        [Field("name", .text, ""), Field("size", .integer, ""), Field("place", .integer, "")]
    )

    private func things(_ rows: [(name: Value, size: Value)]) -> Table {
        Table(
            Self.things,
            rows.enumerated().map { ["name": $1.name, "size": $1.size, "place": .integer(Int64($0))] }
        )
    }

    @Test func theFirstColumnComesFirst() throws {
        let table = things([("b", 1), ("a", 2), ("b", 0), ("a", 1)])
        #expect(try table.applying("sort: [name, size]").column("place") == [3, 1, 2, 0])
        #expect(try table.applying("sort: [size, name]").column("place") == [2, 3, 0, 1])
    }

    @Test func oneColumnNeedsNoList() throws {
        #expect(try things([("b", 1), ("a", 2)]).applying("sort: name").column("name") == ["a", "b"])
    }

    @Test func textsAreSortedByTheirBytes() throws {
        let texts: [Value] = ["b", "é", "9", "B", "a", "", "10", nil, "ab", "Z", "😀", "\u{FFFD}", "a\u{0}"]
        let result = try things(texts.map { ($0, 0) }).applying("sort: [name]")
        #expect(
            result.column("name") == [nil, "", "10", "9", "B", "Z", "a", "a\u{0}", "ab", "b", "é", "\u{FFFD}", "😀"]
        )
    }

    @Test func numbersAreSortedBySize() throws {
        let large: Value = .integer(9_007_199_254_740_993)
        let numbers: [Value] = [10, 9, nil, large, .integer(.min), 9_007_199_254_740_992, -1, .integer(.max)]
        let result = try things(numbers.map { ("", $0) }).applying("sort: [size]")
        #expect(
            result.column("size") == [
                nil, .integer(.min), -1, 9, 10, 9_007_199_254_740_992, large, .integer(.max),
            ]
        )
    }

    @Test(
        arguments: [
            (.real, [1.5, nil, -0.25, 1e300, 2.0], [nil, -0.25, 1.5, 2.0, 1e300]),
            (.boolean, [true, false, nil], [nil, false, true]),
            (
                .timestamp, [.timestamp("2026-01-10"), nil, .timestamp("1969-12-31"), .timestamp("2025-12-31")],
                [nil, .timestamp("1969-12-31"), .timestamp("2025-12-31"), .timestamp("2026-01-10")]
            ),
            (.date, [.date("2026-01-10"), .date("1969-12-31"), nil], [nil, .date("1969-12-31"), .date("2026-01-10")]),
        ] as [(ValueType, [Value], [Value])]
    )
    func everyTypeHasItsOrderAndNullsComeFirst(_ type: ValueType, _ values: [Value], _ expected: [Value]) throws {
        let schema = Schema("one", "", key: [], [Field("x", type, "")])
        let result = try Table(schema, values.map { ["x": $0] }).applying("sort: [x]")
        #expect(result.column("x") == Table(schema, expected.map { ["x": $0] }).column("x"))
    }

    @Test func everyValueSurvives() throws {
        let fields = ValueType.allCases.map { Field("c_\($0)", $0, "") }
        let rows: [[String: Value]] = [
            [
                "c_text": "ü\u{0}\n", "c_integer": .integer(.min), "c_real": 0.1, "c_boolean": true,
                "c_timestamp": .timestamp("1969-12-31T23:59:59.999Z"), "c_date": .date("1900-03-01"),
                "c_mac": "3c:22:fb:0a:0b:0c", "c_textList": #"["a","b"]"#, "c_json": #"{"b":[2]}"#,
            ],
            ["c_text": "", "c_boolean": false, "c_integer": 0, "c_real": -0.0], [:],
        ]
        let table = Table(Schema("all", "", key: ["c_text"], fields), rows)
        let result = try table.applying("sort: [c_boolean, c_json]")
        #expect(result.schema == table.schema)
        for field in fields {
            let values = table.column(field.name)
            #expect(result.column(field.name) == [values[2], values[1], values[0]], "\(field.name)")
        }
    }

    @Test func problemsAreNamed() {
        expectProblems(
            "sort: [1️⃣mac, serial_number, 2️⃣statu]",
            "1️⃣ no column 'mac'",
            "2️⃣ no column 'statu'; did you mean 'status'?"
        )
        expectProblems("1️⃣sort: []", "1️⃣ sort needs a column")
        expectProblems("1️⃣sort", "1️⃣ sort needs list of column")
    }
}
