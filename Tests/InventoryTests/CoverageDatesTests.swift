import Records
import Testing

@testable import Inventory

@Suite struct CoverageDatesTests {
    private func next(_ attributes: String...) throws -> String? {
        let records = attributes.map { #"{"id":"a","attributes":{\#($0)}}"# }.joined(separator: ",")
        return try CoverageDates.next(in: "[\(records)]".utf8, after: firstNight)?.description
    }

    @Test func theNextDateOfAnyRecordCounts() throws {
        #expect(
            try next(
                #""startDateTime":"2020-01-01T00:00:00Z","endDateTime":"2027-03-01T00:00:00Z""#,
                #""endDateTime":"2026-02-01T00:00:00Z""#
            ) == "2026-02-01T00:00:00.000Z"
        )
        #expect(
            try next(#""endDateTime":"2027-03-01T00:00:00Z","contractCancelDateTime":"2026-05-01T00:00:00Z""#)
                == "2026-05-01T00:00:00.000Z"
        )
        #expect(try next(#""startDateTime":"2026-01-05T00:00:00Z","endDateTime":null"#) == "2026-01-05T00:00:00.000Z")
    }

    @Test func whatIsOverOrHasNoDateNeverFallsDue() throws {
        #expect(try next() == nil)
        #expect(try next(#""endDateTime":"2020-01-01T00:00:00Z","isRenewable":true"#) == nil)
        #expect(try next(#""endDateTime":"soon""#, #""endDateTime":7"#) == nil)
        #expect(try CoverageDates.next(in: #"["a",{"id":"b"},{"attributes":[]}]"#.utf8, after: firstNight) == nil)
    }

    @Test func aTermThatShouldHaveRenewedIsLookedAtAgainTheNextDay() throws {
        let ended = #""endDateTime":"2025-12-30T00:00:00Z""#
        #expect(try next(ended + #","isRenewable":true"#) == "2026-01-02T00:00:00.000Z")
        #expect(try next(ended + #","isRenewable":true,"isCanceled":true"#) == nil)
        #expect(try next(ended + #","isRenewable":false"#) == nil)
    }
}
