import Foundation
import Records
import Testing
import Transform

@Suite struct CoverageSummaryTests {
    private func summary(
        _ records: String,
        at moment: String = "2026-01-15T00:00:00Z",
        orderedOn: String? = nil
    ) throws -> (summary: CoverageSummary, list: CoverageList) {
        var list = CoverageList()
        try list.read(Array(records.utf8).span)
        let moment = try #require(judge(moment, as: Timestamp.self).value)
        return (list.summary(at: moment, orderedOn: judge(orderedOn ?? "", as: Timestamp.self).value), list)
    }

    private func day(_ day: Int32?) -> String? { day.map { CalendarDay(daysSince1970: Int($0)).description } }

    @Test(arguments: Vector.load("applecare", field: "applecare_flatten"))
    func followsTheVector(_ vector: Vector) throws {
        let object = try JSONSerialization.jsonObject(with: Data(vector.input.utf8)) as? [String: Any]
        let (summary, list) = try summary(
            vector.member("records"),
            at: object?["as_of"] as? String ?? "",
            orderedOn: object?["order_date"] as? String
        )
        vector.expect(Verdict.canonical(summary)) { json($0, list) }
    }

    private func json(_ summary: CoverageSummary, _ list: CoverageList) -> String {
        let primary = summary.primary
        return Vector.json([
            "primary_id": list.string(primary?.id) as Any,
            "plan_class": primary?.planClass.rawValue as Any,
            "description": list.string(primary?.description) as Any,
            "agreement_number": list.string(primary?.agreementNumber) as Any,
            "payment_type": list.string(primary?.paymentType) as Any,
            "coverage_active": summary.isActive,
            "coverage_open_ended": summary.isOpenEnded,
            "coverage_end": day(summary.end) as Any,
            "limited_warranty_end": day(summary.limitedWarrantyEnd) as Any,
            "coverage_count": summary.count,
            "warranty_months": summary.warrantyMonths as Any,
        ])
    }

    /// Sharper than the vectors: every order of the same records gives the same answer.
    @Test(arguments: Vector.load("applecare", field: "applecare_flatten"))
    func orderOfTheRecordsDoesNotMatter(_ vector: Vector) throws {
        let object = try JSONSerialization.jsonObject(with: Data(vector.input.utf8)) as? [String: Any]
        var records = try #require(object?["records"] as? [Any])
        guard Set(records.compactMap { ($0 as? [String: Any])?["id"] as? String }).count == records.count else {
            return
        }
        var dice = Dice(seed: 9)
        for _ in 0..<6 {
            records.shuffle(using: &dice)
            let (summary, list) = try summary(
                Vector.json(records),
                at: object?["as_of"] as? String ?? "",
                orderedOn: object?["order_date"] as? String
            )
            vector.expect(Verdict.canonical(summary)) { json($0, list) }
        }
    }

    @Test func resourcesHaveTheirMembersInAttributes() throws {
        let found = try summary(
            #"[{"type":"appleCareCoverage","id":"A","attributes":{"status":"ACTIVE","description":"AppleCare+","endDateTime":"2027-01-01T00:00:00Z"}}]"#
        )
        #expect(found.summary.isActive)
        #expect(found.list.string(found.summary.primary?.id) == "A")
        #expect(day(found.summary.end) == "2027-01-01")
    }

    @Test func theBestOfARepeatedRecordCounts() throws {
        let records = [
            #"{"id":"A","status":"ACTIVE","endDateTime":"2027-01-01T00:00:00Z"}"#, #"{"id":"B"}"#,
            #"{"id":"A","status":"INACTIVE","endDateTime":"2030-01-01T00:00:00Z"}"#,
            #"{"id":"A","status":"ACTIVE","endDateTime":"2026-06-01T00:00:00Z"}"#,
        ]
        for records in [records, records.reversed()] {
            let found = try summary("[\(records.joined(separator: ","))]")
            #expect(found.summary.isActive)
            #expect(found.summary.count == 2)
            #expect(day(found.summary.end) == "2027-01-01")
        }
    }

    /// Comparing every pair of them would take a minute.
    @Test(arguments: [true, false]) func manyRecordsTakeTimeThatGrowsWithThem(_ shareAnID: Bool) throws {
        let records = (0..<16_000).map {
            #"{"id":"\#(shareAnID ? 1 : $0)","status":"ACTIVE","agreementNumber":"\#($0)"}"#
        }
        let text = "[\(records.joined(separator: ","))]"
        var count = 0
        let time = try ContinuousClock().measure { count = try summary(text).summary.count }
        #expect(count == (shareAnID ? 1 : 16_000))
        #expect(time < .seconds(20))
    }

    @Test func dateThatCannotBeReadIsNotAnOpenEnd() throws {
        let found = try summary(#"[{"id":"A","status":"ACTIVE","endDateTime":"soon"}]"#)
        #expect(!found.summary.isActive)
        #expect(!found.summary.isOpenEnded)
        #expect(found.list.unreadableDates.map(\.reason) == [.format])
    }

    @Test(arguments: ["EXPIRED", "active", " ACTIVE", "PAID"])
    func onlyTheExactWordIsActive(_ status: String) throws {
        #expect(try !summary(#"[{"id":"A","status":"\#(status)"}]"#).summary.isActive)
    }

    @Test func recordsWithoutEndOrStartComeLastAmongTheEnded() throws {
        let found = try summary(
            #"[{"id":"open","description":"AppleCare+"},{"id":"ended","description":"Limited Warranty","endDateTime":"2020-01-01T00:00:00Z"}]"#
        )
        #expect(found.list.string(found.summary.primary?.id) == "ended")
        #expect(day(found.summary.end) == "2020-01-01")
    }

    @Test func planWithoutNameComesBetweenTheClasses() throws {
        let records =
            #"{"id":"L","status":"ACTIVE","description":"LIMITED WARRANTY"},{"id":"U","status":"ACTIVE","description":" "}"#
        let found = try summary("[\(records)]")
        #expect(found.list.string(found.summary.primary?.id) == "U")
        #expect(found.summary.primary?.planClass == .unknown)
        let more = try summary(#"[\#(records),{"id":"A","status":"ACTIVE","description":"Other"}]"#)
        #expect(more.list.string(more.summary.primary?.id) == "A")
    }

    @Test func equalRecordsAreOrderedByIdAsText() throws {
        let found = try summary(#"[{"id":"9","status":"ACTIVE"},{"id":"10","status":"ACTIVE"}]"#)
        #expect(found.list.string(found.summary.primary?.id) == "10")
    }

    @Test(arguments: [
        ("2024-02-29", "2025-02-28", 12), ("2024-01-31", "2024-02-29", 1), ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-01-31", 0), ("2024-01-31", "2024-01-30", nil), ("2011-08-15T07:00:00Z", "2012-08-15", 12),
    ])
    func monthsAreWholeOnes(_ order: String, _ end: String, _ months: Int?) throws {
        let found = try summary(#"[{"id":"A","endDateTime":"\#(end)T00:00:00Z"}]"#, orderedOn: order)
        #expect(found.summary.warrantyMonths == months)
    }

    @Test func brokenJSONIsAnError() {
        #expect(throws: JSONError.self) { try summary(#"[{"id":"#) }
    }
}
