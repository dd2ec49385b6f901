import Records
import Testing

@Suite struct DatesTests {
    private let table = Table(
        Schema(
            "warranties",
            "",
            key: [],
            [
                Field("name", .text, ""), Field("ordered_at", .timestamp, ""), Field("ends_on", .date, ""),
                Field("seen_at", .timestamp, as: .bookkeeping, ""), Field("months", .integer, ""),
            ]
        ),
        [
            [
                "name": "2026-02-28", "ordered_at": .timestamp("2026-02-28T22:05:14.999Z"),
                "ends_on": .date("2027-12-01"), "seen_at": .timestamp("1969-12-31T23:59:59.999Z"), "months": 12,
            ],
            ["ordered_at": .timestamp("2026-02-28T00:00:00Z")],
        ]
    )

    @Test(
        arguments: [
            ("snipeit", ["2026-02-28", "2026-02-28"], "2027-12-01", "1969-12-31"),
            ("jira_assets", ["02/28/2026", "02/28/2026"], "12/01/2027", "12/31/1969"),
            (
                "servicenow", ["2026-02-28 22:05:14", "2026-02-28 00:00:00"], "2027-12-01",
                "1969-12-31 23:59:59"
            ),
        ] as [(String, [Value], Value, Value)]
    )
    func everyConsumerHasItsStyle(_ style: String, _ ordered: [Value], _ ends: Value, _ seen: Value) throws {
        let result = try table.applying("dates: { style: \(style) }")
        #expect(result.column("ordered_at") == ordered)
        #expect(result.column("ends_on") == [ends, nil])
        #expect(result.column("seen_at") == [seen, nil])
    }

    @Test func allDatesBecomeTextAndNothingElseChanges() throws {
        let result = try table.applying("dates: { style: jira_assets }")
        #expect(result.schema.fields.map(\.type) == [.text, .text, .text, .text, .integer])
        #expect(result.schema.fields.map(\.role) == table.schema.fields.map(\.role))
        #expect(result.column("name") == ["2026-02-28", nil])
        #expect(result.column("months") == [12, nil])
    }

    @Test func columnsCanBeChosen() throws {
        let result = try table.applying("dates: { style: snipeit, columns: [ordered_at] }")
        #expect(result.type("ordered_at") == .text)
        #expect(result.type("ends_on") == .date)
        #expect(result["ordered_at"] == "2026-02-28")
        #expect(result["ends_on"] == .date("2027-12-01"))
    }

    @Test func problemsAreNamed() {
        expectProblems(
            "dates: { style: snipeit, columns: [1️⃣serial_number, ordered_at, 2️⃣order_at] }",
            "1️⃣ 'serial_number' is not a date but text",
            "2️⃣ no column 'order_at'; did you mean 'ordered_at'?"
        )
        expectProblems("dates: { style: 1️⃣jira }", "1️⃣ expected snipeit or jira_assets or servicenow")
        expectProblems("1️⃣dates: { columns: [ordered_at] }", "1️⃣ dates needs 'style'")
    }
}
