import Records
import Stages
import Testing

@testable import Load

/// What arrives by the binary format is what arrives as text, which the server reads itself.
@Suite struct BinaryCopyTests {
    private static let rows = Batch([
        [
            "1", 9_223_372_036_854_775_807, 0.1, true, .moment(1_746_050_714), .day(20_208), "a4:83:e7:00:10:ff",
            #"["352099001761481",null,"a\"b\\","","{x}"]"#, #"{"a":"\u0000b\ud800c\ud83d\ude00","n":[1e3,null]}"#,
        ],
        ["2", -1, -1e-300, false, .moment(-2_208_988_800), .day(-25_567), "00:00:00:00:00:00", "[]", "7"],
        ["3", 0, 0.0, nil, .moment(946_684_800), .day(10_957), nil, #"[null]"#, "null"],
        ["4", nil, nil, nil, nil, nil, nil, nil, nil],
        ["nul\u{0}in the middle — Zürich\t\\N", 1, 1.0, true, .moment(0), .day(0), nil, #"["東京"]"#, #""é""#],
    ])

    private static let asText = "SELECT t::text, pg_typeof(extra) FROM types AS t ORDER BY 1"

    @Test func everyTypeArrivesAsItDoesAsText() async throws {
        let binary = try await TestDatabase(.postgres)
        try await binary.loader().load(.types, Self.rows)
        let text = try await TestDatabase(.postgres)
        // A column of another owner's type makes the whole COPY one of text.
        try await text.loader().load(.types)
        try await text.query("ALTER TABLE types ALTER COLUMN size TYPE numeric")
        try await text.loader().load(.types, Self.rows)
        try await text.query("ALTER TABLE types ALTER COLUMN size TYPE bigint")
        let rows = try await binary.query(Self.asText)
        #expect(rows.count == 5)
        #expect(try await text.query(Self.asText) == rows)
    }

    @Test(arguments: [
        ("size", "integer"), ("size", "smallint"), ("id", "varchar(30)"), ("wifi_mac_address", "text"),
        ("imeis", "varchar(20)[]"), ("size", "numeric(20)"), ("seen_at", "timestamptz(3)"),
    ]) func aColumnOfAnotherTypeGetsTheSameValues(column: String, type: String) async throws {
        let database = try await TestDatabase(.postgres)
        try await database.loader().load(.types)
        try await database.query("ALTER TABLE types ALTER COLUMN \(column) TYPE \(type)")
        let rows = Batch([
            ["1", 12, 0.5, true, .moment(1_746_050_714), .day(20_208), "a4:83:e7:00:10:ff", #"["a"]"#, "{}"],
            ["2", nil, nil, nil, nil, nil, nil, nil, nil],
        ])
        try await database.loader().load(.types, rows)
        #expect(
            try await database.query(
                "SELECT size, wifi_mac_address, imeis, seen_at AT TIME ZONE 'UTC' FROM types ORDER BY id"
            )
                == [["12", "a4:83:e7:00:10:ff", "{a}", "2025-04-30 22:05:14"], [nil, nil, nil, nil]]
        )
        #expect(try await database.loader().load(.types, rows).unchanged == 2)
    }

    /// Its elements need more room than the text that it is read from.
    @Test(arguments: [
        "[\((1...99).map { "\($0 % 10)" }.joined(separator: ","))]",
        "[\(Array(repeating: "null", count: 99).joined(separator: ","))]",
        "[\(Array(repeating: #""""#, count: 99).joined(separator: ","))]",
    ]) func aListOfManyShortElementsFits(list: String) throws {
        let format = CopyBinary(types: [.textArray], writesFlag: false)
        let bytes = try format.rows(Batch([[TestValue(stringLiteral: list)]]))
        // The number of fields, the field's size, and the array's header, in which the number of elements comes fourth.
        #expect(Array(bytes[18..<22]) == [0, 0, 0, 99])
        let elements = list.contains("null") || list.contains(#"""#) ? 99 * 4 : 99 * 5
        #expect(bytes.count == 26 + elements)
    }

    /// Each of them takes room of its own.
    @Test func columnsMayShareTheirText() throws {
        var batch = Batch([["0123456789abcdef0123456789abcdef"]])
        batch.select(columns: Array(repeating: 0, count: 20))
        let format = CopyBinary(types: Array(repeating: .text, count: 20), writesFlag: false)
        #expect(try format.rows(batch).count == 2 + 20 * (4 + 32))
    }

    @Test func aValueThatIsNotOfItsTypeIsRefused() throws {
        let format = CopyBinary(types: [.macaddr], writesFlag: false)
        #expect(throws: Failure.self) { try format.rows(Batch([["a4:83"]])) }
        #expect(throws: Failure.self) { try format.rows(Batch([[7]])) }
    }
}
