import Foundation
import Inventory
import Records
import TestSupport
import Testing

@Suite struct ChangeLogTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
        try inventory.list([device("C01"), device("C02")], at: firstNight)
    }

    @Test func aNewDeviceIsOneEntry() throws {
        try inventory.list([device("C01"), device("C02"), device("C03")], at: secondNight)
        #expect(try inventory.changes == ["C03 added - - -"])
        #expect(try Reading(inventory, .changes)["changed_at"] == ["2026-01-02T00:00:00.000Z"])
    }

    @Test func everyColumnThatDiffersIsAnEntry() throws {
        let changed = #"{"status":"ASSIGNED","imei":["1"],"isMdmMigrationCapable":true,"newThing":7,"color":null}"#
        try inventory.list([device("C01", changed), device("C02")], at: secondNight)
        #expect(
            try inventory.changes == [
                "C01 updated color RED -", "C01 updated status - ASSIGNED", #"C01 updated imeis - ["1"]"#,
                "C01 updated is_mdm_migration_capable - true", #"C01 updated extra - {"newThing":7}"#,
            ]
        )
    }

    @Test func theSameValuesInAnotherOrderAreNoChange() throws {
        try inventory.list([device("C01", #"{"color":"RED","status":"A"}"#), device("C02")], at: secondNight)
        let before = try inventory.changes
        try inventory.list([device("C01", #"{ "status": "A", "color": "RED" }"#), device("C02")], at: thirdNight)
        #expect(try inventory.changes == before)
    }

    @Test func leavingAndReturningAreEntries() throws {
        try inventory.list([device("C02")], at: secondNight)
        try inventory.list([device("C01", #"{"color":"BLUE"}"#), device("C02")], at: thirdNight)
        #expect(
            try inventory.changes == [
                "C01 vanished - - -", "C01 returned - - -", "C01 updated color RED BLUE",
            ]
        )
    }

    @Test func theReleaseIsAnEntry() throws {
        try inventory.list([device("C02")], at: secondNight)
        let released = device("C01", #"{"color":"RED","releasedFromOrgDateTime":"2026-01-01T12:00:00Z"}"#)
        try inventory.recordDetails(released, serial: "C01", at: secondNight)
        #expect(
            try inventory.changes == [
                "C01 vanished - - -", "C01 released released_from_org_at - 2026-01-01T12:00:00.000Z",
            ]
        )
    }

    @Test func anotherServiceIsAnEntry() throws {
        _ = try inventory.recordAssignments(["C01": "S1"], at: firstNight)
        #expect(try inventory.changes.isEmpty)
        _ = try inventory.recordAssignments(["C01": "S2", "C02": "S1"], at: secondNight)
        _ = try inventory.recordAssignments(["C02": "S1"], at: thirdNight)
        #expect(
            try inventory.changes == [
                "C01 reassigned server_id S1 S2", "C02 reassigned server_id - S1", "C01 reassigned server_id S2 -",
            ]
        )
    }

    @Test func otherCoverageIsAnEntryAndTheFirstIsNot() throws {
        try inventory.cover(["C01"], with: ["[]"], at: firstNight)
        #expect(try inventory.changes.isEmpty)
        try inventory.cover(["C01"], with: [#"[{"id":"a"}]"#], at: secondNight)
        #expect(try inventory.changes == [#"C01 coverage coverage_records [] [{"id":"a"}]"#])
    }

    @Test func theSequenceOnlyGrows() throws {
        try inventory.list([device("C02")], at: secondNight)
        try inventory.list([device("C01"), device("C02")], at: thirdNight)
        let numbers = try sequence(inventory)
        #expect(numbers.count == 2)
        #expect(numbers[1] == numbers[0] + 1)
    }

    @Test func aNewFileDoesNotUseTheNumbersOfADeletedOneAgain() throws {
        try inventory.list([device("C02")], at: secondNight)
        let numbers = try sequence(inventory)
        inventory.close()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.file("inventory.sqlite") + suffix)
        }
        let other = try openInventory(folder)
        try other.list([device("C02")], at: secondNight)
        try other.list([device("C01"), device("C02")], at: thirdNight)
        let (last, first) = (try #require(numbers.last), try #require(sequence(other).first))
        #expect(first > last)
    }

    private func sequence(_ inventory: Inventory) throws -> [Int] {
        try Reading(inventory, .changes)["seq"].compactMap { $0.flatMap { Int($0) } }
    }
}
