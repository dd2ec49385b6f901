import Inventory
import Records
import TestSupport
import Testing

@Suite struct NewsTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
        try inventory.list([device("C01"), device("C02"), device("C03")], at: firstNight)
        try inventory.list([device("C01"), device("C02")], at: secondNight)
    }

    /// One of many, whose number is its own unless it is told.
    private func event(_ kind: DeviceEvent.Kind, _ serial: String, hoursAfter hours: Int64 = 2) -> DeviceEvent {
        DeviceEvent(
            kind,
            id: "\(kind) \(serial) \(hours)",
            serial: serial,
            time: secondNight.adding(seconds: hours * 3600)
        )
    }

    private func changed(_ events: [DeviceEvent]) throws -> [String] {
        try inventory.news(in: events).changed.map { "\($0.serial) \($0.isPresent)" }
    }

    @Test func onlyWhatWasNotHeardBeforeIsNewsWheneverItHappened() throws {
        let heard = [event(.assigned, "C01"), event(.assigned, "C02", hoursAfter: 70_000)]
        try inventory.recordHeard(heard)
        // A clock that was ahead when the devices were read, or an event that was written late.
        let late = [event(.unassigned, "C02", hoursAfter: -48), event(.added, "C09", hoursAfter: -30)]
        #expect(try changed(heard + late) == ["C02 true", "C09 false"])
        #expect(try inventory.latestEvent == secondNight.adding(seconds: 70_000 * 3600))
        try inventory.recordHeard(heard + late)
        #expect(try changed(heard + late).isEmpty)
    }

    @Test func aListingThatEventsCameBeforeMakesThemUnnecessary() throws {
        let listing = try inventory.beginListing(at: thirdNight)
        _ = try inventory.record([device("C01"), device("C02")], in: listing, next: nil, at: thirdNight)
        _ = try inventory.complete(listing, at: thirdNight, heard: [event(.assigned, "C01")])
        #expect(try changed([event(.assigned, "C01"), event(.assigned, "C02")]) == ["C02 true"])
    }

    @Test func repeatsAndTheOrderOfEventsDoNotMatter() throws {
        let events = [
            event(.unassigned, "C02", hoursAfter: 3), event(.assigned, "C02", hoursAfter: 2),
            event(.assigned, "C01", hoursAfter: 2), event(.assigned, "C01", hoursAfter: 2),
        ]
        #expect(try changed(events) == ["C01 true", "C02 true"])
        #expect(try changed(events.reversed()) == ["C01 true", "C02 true"])
        try inventory.recordHeard(events)
        #expect(try changed(events.reversed()).isEmpty)
    }

    @Test func aRemovalIsNewsOfDevicesThatAreThereOnly() throws {
        let events = [
            event(.removed, "C01"), event(.removed, "C02"), event(.removed, "C03"), event(.removed, "C09"),
        ]
        try inventory.recordHeard([event(.removed, "C02")])
        #expect(try inventory.news(in: events).removed == 1)
        #expect(try inventory.deviceCount == 2)
    }

    @Test func aReturnIsNews() throws {
        #expect(try changed([event(.added, "C03", hoursAfter: 2)]) == ["C03 false"])
        #expect(try inventory.record(device("C03"), at: thirdNight) == PageOutcome(changed: 1))
        #expect(try inventory.deviceCount == 3)
    }

    @Test func aPurchaseHasCoverageAskedForAgain() throws {
        try inventory.cover(["C01", "C02"], with: ["[]", "[]"], at: secondNight)
        let events = [
            event(.appleCare, "C01"), event(.appleCare, "C01", hoursAfter: 3), event(.appleCare, "C02"),
            event(.appleCare, "C03"), event(.appleCare, "user-17"),
        ]
        try inventory.recordHeard([event(.appleCare, "C02")])
        #expect(try inventory.news(in: events).covered == 1)
        let (requests, _) = try inventory.deviceRequests(.coverage, maxAge: 30 * 86_400, at: thirdNight, limit: 9)
        #expect(requests.map { "\($0.serial) \($0.reason)" } == ["C01 changed"])
        try inventory.cover(["C01"], with: ["[]"], at: thirdNight)
        try inventory.recordHeard(events)
        #expect(try inventory.news(in: events).covered == 0)
    }

    @Test func aDeviceThatWasReadAloneIsMissedByTheNextListing() throws {
        _ = try inventory.record(device("C04"), at: thirdNight)
        let reading = try Reading(inventory, .devices).rows("serial_number", "last_seen_at")
        #expect(reading.contains("C04 2026-01-03T00:00:00.000Z"))
        #expect(try inventory.changes.last == "C04 added - - -")
        #expect(try inventory.list([device("C01"), device("C02")], at: thirdNight.adding(days: 1)).removed == 1)
    }

    @Test func theAssignmentOfADeviceThatWasReadAloneIsDueOnce() throws {
        _ = try inventory.recordAssignments(["C01": "S1"], at: secondNight)
        _ = try inventory.record(device("C01"), at: thirdNight)
        let due = try #require(inventory.assignmentsDue.first)
        #expect(try inventory.assignmentsDue.map(\.serial) == ["C01"])
        #expect(try inventory.recordAssignment(of: due, to: "S2", at: thirdNight))
        #expect(try inventory.assignmentsDue.isEmpty)
        #expect(try inventory.changes.last == "C01 reassigned server_id S1 S2")
        #expect(try !inventory.recordAssignment(of: due, to: "S2", at: thirdNight))
        #expect(try inventory.recordAssignment(of: due, to: nil, at: thirdNight))
        #expect(try inventory.changes.last == "C01 reassigned server_id S2 -")
    }

    @Test func listsOfAllAssignmentsLeaveNoneDue() throws {
        _ = try inventory.record(device("C01"), at: thirdNight)
        _ = try inventory.recordAssignments([:], at: thirdNight)
        #expect(try inventory.assignmentsDue.isEmpty)
        #expect(try inventory.lastAssignments == thirdNight)
    }
}
