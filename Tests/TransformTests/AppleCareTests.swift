import Records
import Testing

@Suite struct AppleCareTests {
    private let plan = #"""
        [{"type":"appleCareCoverage","id":"0000000001","attributes":{"description":"AppleCare+","status":"ACTIVE",
        "startDateTime":"2025-04-17T00:00:00Z","endDateTime":"2026-04-17T00:00:00Z","paymentType":"SUBSCRIPTION",
        "isRenewable":true,"isCanceled":false,"contractCancelDateTime":null,"agreementNumber":"0000000001"}},
        {"type":"appleCareCoverage","id":"SER1","attributes":{"description":"Limited Warranty","status":"ACTIVE",
        "startDateTime":"2025-02-02T00:00:00Z","endDateTime":"2026-02-02T00:00:00Z","paymentType":"NONE"}}]
        """#

    private func device(_ state: Value, _ records: Value) -> [String: Value] {
        [
            "serial_number": "S1", "coverage_state": state, "coverage_records": records,
            "ordered_at": .timestamp("2025-02-02"),
        ]
    }

    @Test func recordsBecomeFlat() throws {
        let result = try Table.devices(device("covered", .text(plan))).applying("applecare")
        #expect(result["coverage_active"] == true)
        #expect(result["coverage_open_ended"] == false)
        #expect(result["coverage_end"] == .date("2026-04-17"))
        #expect(result["coverage_plan"] == "AppleCare+")
        #expect(result["coverage_plan_class"] == "applecare")
        #expect(result["agreement_number"] == "0000000001")
        #expect(result["payment_type"] == "SUBSCRIPTION")
        #expect(result["limited_warranty_end"] == .date("2026-02-02"))
        #expect(result["coverage_count"] == 2)
        #expect(result["warranty_months"] == 14)
        #expect(result.rejects.isEmpty)
    }

    @Test func aPlanWhoseTextIsNotWholeIsRejected() throws {
        let broken = plan.replacing("AppleCare+", with: #"AppleCare+\u0000"#).replacing(
            "SUBSCRIPTION",
            with: "\u{FFFD}"
        )
        let result = try Table.devices(device("covered", .text(broken))).applying("applecare")
        #expect(result["coverage_plan"] == .null)
        #expect(result["payment_type"] == .null)
        #expect(result["agreement_number"] == "0000000001")
        #expect(
            result.refused == [
                ["S1", "coverage_plan", "invalid_text", #"AppleCare+\u0000"#],
                ["S1", "payment_type", "invalid_text", "\u{FFFD}"],
            ]
        )
    }

    @Test(arguments: [nil, "unknown"] as [Value])
    func whatIsNotKnownIsNull(_ state: Value) throws {
        let result = try Table.devices(device(state, .text(plan))).applying("applecare")
        for field in result.schema.fields.suffix(12) { #expect(result.column(field.name) == [nil], "\(field.name)") }
    }

    @Test(arguments: ["[]", nil] as [Value])
    func noCoverageIsKnown(_ records: Value) throws {
        let result = try Table.devices(device("covered", .text(plan)), device("none", records)).applying("applecare")
        #expect(result["coverage_active", 1] == false)
        #expect(result["coverage_open_ended", 1] == false)
        #expect(result["coverage_count", 1] == 0)
        #expect(result["coverage_plan", 1] == .null)
        #expect(result["coverage_end", 1] == .null)
    }

    @Test func momentIsTheRunsStartOrTheSetting() throws {
        let table = Table.devices(device("covered", .text(plan)))
        #expect(try table.applying("applecare", startedAt: "2026-04-17T00:00:00Z")["coverage_active"] == false)
        #expect(
            try table.applying("applecare: { as_of: 2026-04-16 }", startedAt: "2030-01-01")["coverage_active"] == true
        )
        expectProblems("applecare: { as_of: 1️⃣soon }", "1️⃣ expected a date such as 2026-01-15")
    }

    @Test(
        arguments: [
            (#"{"description":"AppleCare+","status":"ACTIVE","endDateTime":"2026-01-16T00:00:00Z"}"#, true, 1),
            (#"{"description":"AppleCare+","status":"ACTIVE","endDateTime":"2026-01-15T00:00:00Z"}"#, false, 0),
            (#"{"description":"AppleCare+","status":"INACTIVE","endDateTime":"2026-01-05T00:00:00Z"}"#, false, -10),
            (
                #"{"description":"AppleCare+","status":"ACTIVE","endDateTime":"2027-01-15T00:00:00Z","isCanceled":true}"#,
                false, 365
            ),
            (
                #"{"description":"AppleCare+","status":"ACTIVE","endDateTime":"2027-01-15T00:00:00Z","isCanceled":true,"contractCancelDateTime":"2026-01-01T00:00:00Z"}"#,
                false, -14
            ),
            (#"{"description":"AppleCare+","status":"ACTIVE"}"#, true, nil),
            (#"{"description":"AppleCare+","status":"ACTIVE","startDateTime":"2026-02-01T00:00:00Z"}"#, false, nil),
            (#"{"description":"Limited Warranty","status":"ACTIVE","endDateTime":"2026-02-14T00:00:00Z"}"#, false, 30),
            (#"{"status":"ACTIVE","endDateTime":"2026-02-14T00:00:00Z"}"#, nil, 30),
        ] as [(String, Value, Value)]
    )
    func theTwoColumnsThatAFileNames(_ record: String, _ hasAppleCare: Value, _ daysLeft: Value) throws {
        let records = #"[{"id":"A","attributes":\#(record)}]"#
        let result = try Table.devices(device("covered", .text(records))).applying("applecare")
        #expect(result["has_applecare"] == hasAppleCare && result["days_left"] == daysLeft)
        #expect(result.type("has_applecare") == .boolean && result.type("days_left") == .integer)
    }

    @Test func theyAreHiddenAndCountFromTheDayOfTheStage() throws {
        let table = Table.devices(device("covered", .text(plan)), device("none", nil), device("unknown", nil))
        let later = try table.applying("applecare: { as_of: 2026-04-07 }", startedAt: "2030-01-01")
        #expect(later.column("days_left") == [10, nil, nil] && later.column("has_applecare") == [true, false, nil])
        let visible = Set(later.schema.visible.map { later.schema.fields[$0].name })
        #expect(visible.isDisjoint(with: ["days_left", "has_applecare"]) && visible.contains("coverage_end"))
        #expect(try later.applying("where: NOT has_applecare").batch.count == 1)
        #expect(try later.applying("select: [days_left]").schema.visible.count == 1)
    }

    @Test func dateThatCannotBeReadIsNoted() throws {
        let records = #"[{"id":"A","attributes":{"status":"ACTIVE","endDateTime":"06/01/2027"}}]"#
        let result = try Table.devices(device("covered", .text(records))).applying("applecare")
        #expect(result["coverage_active"] == false)
        #expect(result["coverage_end"] == .null)
        #expect(result.refused == [["S1", "coverage_end", "format", "endDateTime: 06/01/2027"]])
    }

    @Test func recordsThatAreNoJSONNameTheDevice() {
        #expect {
            try Table.devices(device("covered", "[{")).applying("applecare")
        } throws: { error in
            (error as? Failure)?.message.hasPrefix("applecare: device S1: coverage_records: ") ?? false
        }
    }

    @Test func withoutTheExtractStageItIsNamed() {
        expectProblems(
            "1️⃣applecare",
            in: .devices,
            "1️⃣ no column 'coverage_records'; the extract stage 'coverage' adds it",
            "1️⃣ no column 'coverage_state'; the extract stage 'coverage' adds it"
        )
    }
}
