import Foundation
import Inventory
import Records
import TestSupport
import Testing

@Suite struct RetentionTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
        // One change a day.
        for day in Int64(0)...20 {
            let color = #"{"color":"\#(day)"}"#
            try inventory.list([device("C01", color)], at: firstNight.adding(days: day))
        }
        #expect(try inventory.changes.count == 20)
    }

    private func begin(_ day: Int64, _ retention: Retention?, pipeline: String = "p") throws {
        let run = ClockTests.record(UUID().uuidString, startedAt: firstNight.adding(days: day), pipeline: pipeline)
        try inventory.begin(run, keeping: retention)
    }

    private let week = Retention(changes: 7 * 86_400)

    @Test func whatIsTooOldLeavesAndNumbersGoOn() throws {
        let last = try #require(try Reading(inventory, .changes)["seq"].last ?? nil)
        try begin(20, week)
        try begin(20, week)
        #expect(try inventory.changes.first == "C01 updated color 12 13")
        #expect(try inventory.changes.count == 8)
        try inventory.list([device("C01")], at: firstNight.adding(days: 21))
        let next = try #require(try Reading(inventory, .changes)["seq"].last ?? nil)
        #expect(next > last)
    }

    @Test func whatTheAuditLogSaidLeavesWithTheChanges() throws {
        let events = [Int64(1), 19].map { day in
            DeviceEvent(.assigned, id: "day \(day)", serial: "C01", time: firstNight.adding(days: day))
        }
        try inventory.keep(events)
        try begin(20, week)
        try begin(20, week)
        #expect(try inventory.events(of: "C01").map(\.id) == ["day 19"])
    }

    @Test func aClockThatIsAheadForANightTakesNothing() throws {
        try begin(20, week)
        try begin(3650, week)
        #expect(try inventory.changes.count == 8)
        try begin(20, week)
        try begin(20, week)
        #expect(try inventory.changes.count == 8)
    }

    @Test func whatOnePipelineWantsNoOtherTakesAway() throws {
        try begin(20, Retention(), pipeline: "wants all")
        try begin(20, week)
        try begin(20, nil)
        #expect(try inventory.changes.count == 20)
        try begin(20, week, pipeline: "wants all")
        try begin(20, week)
        #expect(try inventory.changes.count == 8)
    }

    @Test func soManyRunsAndTheLatestListingAreKept() throws {
        for _ in 0..<5 { try begin(20, Retention(runs: 3)) }
        #expect(try Inventory.runs(at: inventory.path, limit: 100).count == 3)
        try begin(20, nil)
        #expect(try Inventory.runs(at: inventory.path, limit: 100).count == 4)
        #expect(try sqlite(folder, "SELECT count(*) FROM listing") == "1\n")
        #expect(try inventory.lastCompleteListing == firstNight.adding(days: 20))
    }
}
