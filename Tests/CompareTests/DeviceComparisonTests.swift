import Compare
import Inventory
import Records
import TestSupport
import Testing

/// 2026-01-01T00:00:00Z and the nights after it.
private func night(_ number: Int64) -> Timestamp { Timestamp(seconds: 1_767_225_600 + (number - 1) * 86_400) }

@Suite struct DeviceComparisonTests {
    private let folder: ScratchFolder
    private let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try Inventory(path: folder.file("inventory.sqlite"), identity: "acme")
    }

    private func list(_ devices: [String: String], night number: Int64) throws {
        let listing = try inventory.beginListing(at: night(number))
        let resources = devices.sorted { $0.key < $1.key }.map {
            Resource(type: "orgDevices", id: $0.key, attributes: Array($0.value.utf8))
        }
        _ = try inventory.record(resources, in: listing, next: nil, at: night(number))
        _ = try inventory.complete(listing, at: night(number))
    }

    private func assign(_ servers: [String: String], night number: Int64) throws {
        let lists = try AssignmentLists(of: inventory)
        for (server, devices) in Dictionary(grouping: servers, by: \.value) {
            try lists.add(devices.map(\.key))
            try lists.end(as: server)
        }
        _ = try lists.record(at: night(number))
    }

    private func cover(_ serial: String, _ records: String, night number: Int64) throws {
        let (devices, _) = try inventory.deviceRequests(.coverage, maxAge: 0, at: night(number), limit: 1000)
        let device = try #require(devices.first { $0.serial == serial })
        _ = try inventory.record(
            [(id: device.id, answer: .known(Array(records.utf8)))],
            of: .coverage,
            at: night(number)
        )
    }

    private func record(_ plan: String, from start: String, to end: String, status: String = "ACTIVE") -> String {
        """
        {"id":"\(plan)","attributes":{"description":"\(plan)","status":"\(status)","startDateTime":"\(start)T00:00:00Z",\
        "endDateTime":"\(end)T00:00:00Z"}}
        """
    }

    /// `SERIAL kind column before after`
    private func differences(since number: Int64, now: Int64 = 9) throws -> [String] {
        var comparison = DeviceComparison(since: night(number), now: night(now))
        var found: [Difference] = []
        try DeviceHistories(at: inventory.path, since: night(number)).visit { device, name in
            found += try comparison.differences(of: device, serviceName: name)
        }
        return found.map { difference in
            ([difference.serialNumber, difference.kind.rawValue]
                + [difference.column, difference.before, difference.after]
                .map { $0 ?? "-" }).joined(separator: " ")
        }
    }

    @Test func aDeviceThatCameIsToldOnceWithItsService() throws {
        try list(["C1": "{}"], night: 1)
        try assign(["C1": "S1"], night: 1)
        try list(["C1": "{}", "C2": "{}"], night: 2)
        try assign(["C1": "S1", "C2": "S2"], night: 2)
        try list(["C1": "{}", "C2": #"{"color":"RED"}"#], night: 3)
        #expect(try differences(since: 2) == ["C2 came server_name - S2"])
        #expect(try differences(since: 3) == ["C2 changed color - RED"])
        #expect(try differences(since: 4) == [])
    }

    @Test func aDeviceThatCameAndWentIsToldAsBoth() throws {
        try list(["C1": "{}"], night: 1)
        try list(["C1": "{}", "C2": "{}"], night: 2)
        try list(["C1": "{}"], night: 3)
        #expect(try differences(since: 2) == ["C2 came - - -", "C2 went - - -"])
        #expect(try differences(since: 3) == ["C2 went - - -"])
    }

    @Test func aDeviceThatLeftAndReturnedSaysWhenItLeft() throws {
        try list(["C1": "{}", "C2": "{}"], night: 1)
        try assign(["C1": "S1", "C2": "S1"], night: 1)
        try list(["C1": "{}"], night: 2)
        try list(["C1": "{}", "C2": #"{"addedToOrgDateTime":"2026-01-03T00:00:00Z","status":"ASSIGNED"}"#], night: 3)
        try assign(["C1": "S1", "C2": "S1"], night: 3)
        #expect(try differences(since: 2) == ["C2 returned removed_at 2026-01-02T00:00:00.000Z -"])
        #expect(try differences(since: 3) == ["C2 returned - - -"])
    }

    @Test func whatChangedAndChangedBackIsNoDifference() throws {
        try list(["C1": #"{"color":"RED"}"#], night: 1)
        try assign(["C1": "S1"], night: 1)
        try list(["C1": #"{"color":"BLUE","updatedDateTime":"2026-01-02T00:00:00Z"}"#], night: 2)
        try assign(["C1": "S2"], night: 2)
        #expect(try differences(since: 2) == ["C1 moved server_name S1 S2", "C1 changed color RED BLUE"])
        try list(["C1": #"{"color":"RED","updatedDateTime":"2026-01-03T00:00:00Z"}"#], night: 3)
        try assign(["C1": "S1"], night: 3)
        #expect(try differences(since: 2) == [])
        #expect(try differences(since: 3) == ["C1 moved server_name S2 S1", "C1 changed color BLUE RED"])
    }

    @Test func theStatusIsToldOnlyWithoutAMove() throws {
        try list(["C1": #"{"status":"UNASSIGNED"}"#], night: 1)
        try list(["C1": #"{"status":"ASSIGNED"}"#], night: 2)
        #expect(try differences(since: 2) == ["C1 changed status UNASSIGNED ASSIGNED"])
        try assign(["C1": "S1"], night: 2)
        try list(["C1": #"{"status":"UNASSIGNED"}"#], night: 3)
        try assign([:], night: 3)
        #expect(try differences(since: 3) == ["C1 moved server_name S1 -"])
    }

    @Test func coverageIsGotAndLostByRank() throws {
        try list(["C1": "{}"], night: 1)
        let warranty = record("Limited Warranty", from: "2025-06-01", to: "2026-06-01")
        try cover("C1", "[]", night: 1)
        try cover("C1", "[\(warranty)]", night: 2)
        try cover("C1", "[\(warranty),\(record("AppleCare+", from: "2026-01-01", to: "2028-01-01"))]", night: 3)
        try cover("C1", "[\(warranty),\(record("AppleCare+", from: "2026-01-01", to: "2029-01-01"))]", night: 4)
        let both = ["C1 got_coverage coverage_plan - AppleCare+", "C1 got_coverage coverage_end - 2029-01-01"]
        #expect(try differences(since: 2) == both)
        #expect(
            try differences(since: 3) == [
                "C1 got_coverage coverage_plan Limited Warranty AppleCare+",
                "C1 got_coverage coverage_end 2026-06-01 2029-01-01",
            ]
        )
        #expect(try differences(since: 4) == ["C1 changed coverage_end 2028-01-01 2029-01-01"])
        try cover("C1", "[\(warranty)]", night: 5)
        #expect(
            try differences(since: 5) == [
                "C1 lost_coverage coverage_plan AppleCare+ Limited Warranty",
                "C1 lost_coverage coverage_end 2029-01-01 2026-06-01",
            ]
        )
    }

    @Test func coverageThatEndedByItsDateIsLost() throws {
        try list(["C1": "{}"], night: 1)
        try cover("C1", "[\(record("AppleCare+", from: "2025-01-01", to: "2026-01-04"))]", night: 1)
        #expect(try differences(since: 2, now: 3) == [])
        #expect(try differences(since: 2, now: 4) == ["C1 lost_coverage coverage_plan AppleCare+ -"])
        #expect(try differences(since: 4, now: 5) == [])
    }

    @Test func aLockIsToldAsItsState() throws {
        try list(["C1": "{}"], night: 1)
        for (number, flag) in [(Int64(1), "false"), (2, "true")] {
            let (devices, _) = try inventory.deviceRequests(.activationLock, maxAge: 0, at: night(number), limit: 10)
            let answer = DeviceAnswer.known(Array(#"{"isLocked":\#(flag)}"#.utf8))
            _ = try inventory.record([(id: devices[0].id, answer: answer)], of: .activationLock, at: night(number))
        }
        #expect(try differences(since: 2) == ["C1 changed activation_lock_state unlocked locked"])
    }

    @Test func whatIsKnownBeginsWithTheFirstListingOrTheOldestKeptChange() throws {
        #expect(try Inventory.changesKnownSince(at: inventory.path) == nil)
        try list(["C1": "{}"], night: 1)
        #expect(try Inventory.changesKnownSince(at: inventory.path) == night(1))
        for number in [Int64(5), 6] {
            let run = RunRecord(id: "r\(number)", pipeline: "p", source: "acme", startedAt: night(number))
            try inventory.begin(run, keeping: Retention(changes: 3 * 86_400))
        }
        #expect(try Inventory.changesKnownSince(at: inventory.path) == night(2))
    }
}
