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

    private func event(_ kind: DeviceEvent.Kind, _ serial: String, hoursAfter hours: Int64) -> DeviceEvent {
        DeviceEvent(kind, serial: serial, time: secondNight.adding(seconds: hours * 3600))
    }

    private func changed(_ events: [DeviceEvent]) throws -> [String] {
        try inventory.news(in: events).changed.map { "\($0.serial) \($0.isPresent)" }
    }

    @Test func onlyWhatHappenedSinceADeviceWasReadIsNews() throws {
        let events = [
            event(.assigned, "C01", hoursAfter: -1), event(.unassigned, "C02", hoursAfter: 1),
            event(.assigned, "C03", hoursAfter: -5), event(.added, "C09", hoursAfter: -30),
        ]
        #expect(try changed(events) == ["C02 true", "C09 false"])
    }

    @Test func whatHappenedWhileAListWasReadIsNews() throws {
        #expect(
            try changed([DeviceEvent(.assigned, serial: "C01", time: secondNight.adding(seconds: -300))]).count == 1
        )
    }

    @Test func repeatsAndTheOrderOfEventsDoNotMatter() throws {
        let events = [
            event(.unassigned, "C02", hoursAfter: 3), event(.assigned, "C02", hoursAfter: 2),
            event(.assigned, "C01", hoursAfter: 2), event(.assigned, "C01", hoursAfter: 2),
        ]
        #expect(try changed(events) == ["C01 true", "C02 true"])
        #expect(try changed(events.reversed()) == ["C01 true", "C02 true"])
        for serial in ["C01", "C02"] { _ = try inventory.record(device(serial), at: thirdNight) }
        #expect(try changed(events).isEmpty)
    }

    @Test func aRemovalIsNewsOfDevicesThatAreThereOnly() throws {
        let events = [
            event(.removed, "C01", hoursAfter: 2), event(.removed, "C02", hoursAfter: -2),
            event(.removed, "C03", hoursAfter: 2), event(.removed, "C09", hoursAfter: 2),
        ]
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
            event(.appleCare, "C01", hoursAfter: 2), event(.appleCare, "C01", hoursAfter: 2),
            event(.appleCare, "C02", hoursAfter: -2), event(.appleCare, "C03", hoursAfter: 2),
            event(.appleCare, "user-17", hoursAfter: 2),
        ]
        #expect(try inventory.news(in: events).covered == 1)
        let (requests, _) = try inventory.deviceRequests(.coverage, maxAge: 30 * 86_400, at: thirdNight, limit: 9)
        #expect(requests.map { "\($0.serial) \($0.reason)" } == ["C01 changed"])
        try inventory.cover(["C01"], with: ["[]"], at: thirdNight)
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

    @Test func aListingMakesOlderEventsUnnecessary() throws {
        #expect(try inventory.heardUntil == secondNight)
        try inventory.recordHeard(until: thirdNight)
        #expect(try inventory.heardUntil == thirdNight)
    }
}
