import Inventory
import Records
import TestSupport
import Testing

/// A time that is still to come is not believed, and never does harm.
@Suite struct ClockTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
    }

    @Test func whatAListingBroughtIsToldByItsNumber() throws {
        try inventory.list((1...20).map { device("OLD\($0)") }, at: firstNight.adding(days: 3))
        let listing = try inventory.beginListing(at: secondNight)
        _ = try inventory.record((1...500).map { device("NEW\($0)") }, in: listing, next: nil, at: secondNight)
        let (known, missing) = try inventory.missing(from: listing)
        #expect(known == 20)
        #expect(missing == 20)
    }

    @Test func aListingOfATimeToComeIsNotGoneOnWith() throws {
        let ahead = try inventory.beginListing(at: thirdNight)
        _ = try inventory.record([device("C01")], in: ahead, next: "page 2", at: thirdNight)
        let next = try inventory.beginListing(at: firstNight)
        #expect(next.id != ahead.id)
        #expect(next.next == nil)
    }

    @Test func theLatestListingIsTheLastOneWhateverItsTime() throws {
        try inventory.list([device("C01")], at: thirdNight)
        _ = try inventory.recordAssignments(["C01": "S1"], at: thirdNight)
        #expect(try inventory.knowsAssignmentsOfListing)
        try inventory.list([device("C01")], at: firstNight)
        #expect(try inventory.lastCompleteListing == firstNight)
        #expect(try !inventory.knowsAssignmentsOfListing)
    }

    private func asked(at now: Timestamp, limit: Int = .max) throws -> [String] {
        try inventory.deviceRequests(.coverage, maxAge: 30 * 86_400, at: now, limit: limit).requests
            .map { "\($0.serial) \($0.reason)" }
    }

    @Test func answersOfATimeToComeAreRenewedFirstAndNotAllAtOnce() throws {
        let serials = (10...39).map { "C\($0)" }
        try inventory.list(serials.map { device($0) }, at: firstNight)
        try inventory.cover(serials, with: Array(repeating: "[]", count: 30), at: firstNight)
        // Ten years ahead for the last ten devices.
        let ahead = firstNight.adding(days: 3650).microseconds
        try sqlite(
            folder,
            """
            UPDATE coverage SET checked_at = \(ahead) WHERE id > 20;
            UPDATE refresh SET owed = 0, counted_at = \(ahead);
            """
        )
        // The account stood still while the clock was ahead, and continues from now.
        #expect(try asked(at: secondNight).isEmpty)
        #expect(try asked(at: thirdNight) == ["C30 old"])
        try inventory.cover(["C30"], with: ["[]"], at: thirdNight)
        #expect(try asked(at: thirdNight.adding(days: 1)) == ["C31 old"])
    }

    @Test func aFailureOfATimeToComeIsTriedAgain() throws {
        try inventory.list([device("C01")], at: firstNight)
        let id = try #require(inventory.deviceRequests(.coverage, maxAge: 1, at: firstNight, limit: 1).requests.first)
            .id
        for day in 0..<4 {
            _ = try inventory.record(
                [(id, .unknown("HTTP 500"))],
                of: .coverage,
                at: firstNight.adding(days: 3650 + Int64(day))
            )
        }
        #expect(try asked(at: secondNight) == ["C01 unknown"])
    }

    @Test func aDateThatTheClockHadPassedIsFoundAgain() throws {
        try inventory.list([device("C01")], at: firstNight)
        let ends = #"[{"id":"a","attributes":{"endDateTime":"2026-01-02T12:00:00Z"}}]"#
        try inventory.cover(["C01"], with: [ends], at: firstNight.adding(days: 10))
        #expect(try asked(at: secondNight).isEmpty)
        #expect(try asked(at: thirdNight) == ["C01 due"])
    }

    @Test func aRunOfATimeToComeIsSaidOnce() throws {
        #expect(try inventory.latestRun(after: firstNight) == nil)
        for (id, now) in [("a", thirdNight), ("b", firstNight)] {
            #expect(try inventory.latestRun(after: now) == nil || id == "b")
            try inventory.begin(Self.record(id, startedAt: now, endedAt: now))
        }
        #expect(try inventory.latestRun(after: firstNight) == nil)
        #expect(try inventory.latestRun(after: firstNight.adding(seconds: -600)) == firstNight)
    }

    @Test func aRunOfATimeToComeIsSaidAgainWhereTheRunAfterItWasKilled() throws {
        try inventory.begin(Self.record("a", startedAt: thirdNight, endedAt: thirdNight))
        try inventory.begin(Self.record("killed", startedAt: firstNight))
        #expect(try inventory.latestRun(after: firstNight) == thirdNight)
        try inventory.begin(Self.record("c", startedAt: firstNight, endedAt: firstNight))
        #expect(try inventory.latestRun(after: firstNight) == nil)
    }

    @Test func answersOfATimeToComeAreSaidUntilTheyAreAskedForAgain() throws {
        try inventory.list([device("C01")], at: firstNight)
        _ = try asked(at: thirdNight)
        // This one failed before it asked for any.
        try inventory.begin(Self.record("a", startedAt: firstNight, endedAt: firstNight))
        #expect(try inventory.latestRun(after: firstNight) == thirdNight)
        _ = try asked(at: firstNight)
        #expect(try inventory.latestRun(after: firstNight) == nil)
    }

    static func record(
        _ id: String,
        startedAt: Timestamp,
        endedAt: Timestamp? = nil,
        pipeline: String = "p"
    ) -> RunRecord {
        RunRecord(
            id: id,
            pipeline: pipeline,
            source: "s",
            startedAt: startedAt,
            endedAt: endedAt,
            seconds: 0,
            exitCode: nil,
            status: .running,
            counts: RunCounts(),
            failure: nil,
            version: "1",
            pipelineHash: nil,
            report: "{}"
        )
    }

    @Test func whenASourceWasServedIsNotBelievedWhereThatIsToCome() throws {
        try inventory.endRound(at: secondNight)
        #expect(Inventory.lastServed(at: inventory.path, asOf: thirdNight) == secondNight)
        #expect(Inventory.lastServed(at: inventory.path, asOf: firstNight) == nil)
    }
}
