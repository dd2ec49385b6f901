import Inventory
import Records
import TestSupport
import Testing

/// What an inventory says of one device.
@Suite struct DeviceExtractTests {
    let folder: ScratchFolder
    let path: String

    init() throws {
        folder = try ScratchFolder()
        path = folder.file("inventory.sqlite")
        let inventory = try openInventory(folder)
        let red = #"{"color":"RED","imei":["352099001761481"]}"#
        try inventory.list([device("C01AAAABBBB", red), device("C02AAAABBBB"), device("C 03aaaa")], at: firstNight)
        try inventory.cover(["C01AAAABBBB"], with: [#"[{"id":"a","attributes":{"status":"ACTIVE"}}]"#], at: firstNight)
        try inventory.list([device("C01AAAABBBB"), device("C 03aaaa")], at: secondNight)
        try inventory.keep([event("C01AAAABBBB", 2), event("C02AAAABBBB", 1), event("C01AAAABBBB", 1)])
        inventory.close()
    }

    private func event(_ serial: String, _ hour: Int64) -> DeviceEvent {
        DeviceEvent(
            .assigned,
            id: "\(serial) \(hour)",
            serial: serial,
            time: firstNight.adding(seconds: hour * 3600),
            actor: DeviceEvent.Actor(type: "USER", id: "7", name: "Jürgen"),
            detail: "Berlin"
        )
    }

    @Test func everythingOfTheDeviceIsThereAndNothingOfOthers() async throws {
        let before = try sqlite(folder, "SELECT count(*) FROM change")
        try await Inventory.withDevice("C01AAAABBBB", of: path) { inventory in
            #expect(try inventory.deviceCount == 1)
            #expect(
                try Reading(inventory, .allColumns).rows("serial_number", "coverage_state") == ["C01AAAABBBB covered"]
            )
            #expect(try inventory.changes.allSatisfy { $0.hasPrefix("C01AAAABBBB updated ") })
            #expect(try !inventory.changes.isEmpty)
            let events = try inventory.events(of: "C01AAAABBBB")
            #expect(events == [event("C01AAAABBBB", 1), event("C01AAAABBBB", 2)])
            #expect(try inventory.events(of: "C02AAAABBBB").isEmpty)
            let facts = try #require(try inventory.facts(of: "C01AAAABBBB"))
            #expect(facts.firstSeenAt == firstNight && facts.lastSeenAt == secondNight && facts.removedAt == nil)
        }
        #expect(try sqlite(folder, "SELECT count(*) FROM change") == before)
    }

    @Test func aDeviceThatLeftIsFoundWithTheTimeWhenItWasMissed() async throws {
        let facts = try await Inventory.withDevice("C02AAAABBBB", of: path) { try $0.facts(of: "C02AAAABBBB") }
        #expect(facts?.removedAt == secondNight)
        #expect(facts?.detailedAt == nil)
    }

    @Test func itIsReadWhileARunHoldsTheInventory() async throws {
        let held = try openInventory(folder)
        defer { held.close() }
        let count = try await Inventory.withDevice("C01AAAABBBB", of: path) { try $0.deviceCount }
        #expect(count == 1)
    }

    @Test func anOlderLayoutStaysAsItIs() async throws {
        try sqlite(
            folder,
            "DROP TABLE device_event; DELETE FROM grdb_migrations WHERE identifier = 'events of a device'"
        )
        let facts = try await Inventory.withDevice("C01AAAABBBB", of: path) { inventory in
            #expect(try inventory.events(of: "C01AAAABBBB").isEmpty)
            return try inventory.facts(of: "C01AAAABBBB")
        }
        #expect(facts != nil)
        #expect(try sqlite(folder, "SELECT count(*) FROM sqlite_master WHERE name = 'device_event'") == "0\n")
    }

    @Test func anInventoryOfAnotherOrganizationIsRefused() async throws {
        await #expect(throws: Failure.self) {
            try await Inventory.withDevice("C01AAAABBBB", of: path, identity: "other") { _ in }
        }
    }

    @Test(arguments: [
        ("C01AAAABBBB", "C01AAAABBBB"), (" c01aaaabbbb ", "C01AAAABBBB"), ("C01 AAAA BBBB", "C01AAAABBBB"),
        ("c03AAAA", "C 03aaaa"), ("C 03aaaa", "C 03aaaa"),
    ])
    func blanksAndCaseDoNotMatter(written: String, serial: String) throws {
        #expect(try Inventory.search(written, at: path) == .found(serial))
    }

    @Test func similarSerialNumbersAreTold() throws {
        guard case .unknown(let similar, let holders) = try Inventory.search("C01AAAABBBX", at: path) else {
            return #expect(Bool(false), "found")
        }
        #expect(similar.contains("C01AAAABBBB"))
        #expect(holders.isEmpty)
    }

    @Test func aDeviceIsToldWhoseOtherValueItIs() throws {
        try sqlite(folder, #"UPDATE device SET attributes = '{"imei":["352099001761481"]}' WHERE serial LIKE 'C01%'"#)
        guard case .unknown(_, let holders) = try Inventory.search("352099001761481", at: path) else {
            return #expect(Bool(false), "found")
        }
        #expect(holders == ["C01AAAABBBB"])
    }

    @Test func anEventIsKeptOnce() throws {
        let inventory = try openInventory(folder)
        defer { inventory.close() }
        _ = try inventory.news(in: [event("C01AAAABBBB", 1), event("C01AAAABBBB", 3)])
        #expect(
            try inventory.events(of: "C01AAAABBBB").map(\.id) == ["C01AAAABBBB 1", "C01AAAABBBB 2", "C01AAAABBBB 3"]
        )
    }
}
