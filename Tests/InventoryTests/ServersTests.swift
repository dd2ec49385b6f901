import Inventory
import Records
import TestSupport
import Testing

@Suite struct ServersTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
        try inventory.list((1...4).map { device("C0\($0)") }, at: firstNight)
    }

    private func server(_ id: String, _ attributes: String) -> Resource {
        Resource(type: "mdmServers", id: id, attributes: Array(attributes.utf8))
    }

    @Test func theListIsReplaced() throws {
        try inventory.recordServers([server("S1", "{}"), server("S2", "{}")], at: firstNight)
        try inventory.recordServers(
            [server("S3", #"{"serverName":"New","deviceCount":2}"#), server("S1", #"{"serverName":"One"}"#)],
            at: secondNight
        )
        let rows = try Reading(inventory, .servers).rows("server_id", "server_name", "device_count")
        #expect(rows == ["S1 One -", "S3 New 2"])
    }

    @Test func readingThemIsKnownInItsRound() throws {
        let first = try inventory.round(at: firstNight)
        #expect(try inventory.servers(readIn: first) == nil)
        try inventory.recordServers([server("S2", "{}"), server("S1", "{}")], at: firstNight)
        #expect(try inventory.servers(readIn: first)?.map(\.id) == ["S1", "S2"])
        try inventory.endRound(at: firstNight)
        #expect(try inventory.servers(readIn: try inventory.round(at: firstNight)) == nil)
    }

    @Test func readingNoneIsKnownToo() throws {
        let round = try inventory.round(at: firstNight)
        try inventory.recordServers([], at: firstNight)
        #expect(try inventory.servers(readIn: round) == [])
    }

    @Test func aListThatIsReadAgainAtTheSameMomentIsReplacedToo() throws {
        try inventory.recordServers([server("S1", "{}"), server("S2", "{}")], at: firstNight)
        try inventory.recordServers([server("S2", "{}")], at: firstNight)
        #expect(try inventory.knownServers.map(\.id) == ["S2"])
    }

    @Test func aServerThatDoesNotFitItsColumnsIsReported() throws {
        try inventory.recordServers([server("S1", #"{"deviceCount":"many"}"#)], at: firstNight)
        let reading = try Reading(inventory, .servers)
        #expect(reading["server_id"] == ["S1"])
        #expect(reading.rejects.map(\.column) == ["device_count"])
    }

    /// Ids of any form and length, also such that begin like another one. A service that is not known is not told.
    @Test func eachDeviceHasTheNameOfItsOwnServer() throws {
        let ids = ["S", "S1", "S10", "S2", "s1", "Ä", "ä", "服务", "0", "zz", "~"] + (0..<60).map { "M\($0 * 37)" }
        try inventory.recordServers(ids.map { server($0, #"{"serverName":"name of \#($0)"}"#) }, at: firstNight)
        try inventory.list((ids + ["gone"]).map { device("C0-\($0)") }, at: firstNight)
        let assigned = Dictionary(uniqueKeysWithValues: (ids + ["gone"]).map { ("C0-\($0)", $0) })
        _ = try inventory.recordAssignments(assigned, at: firstNight)
        let rows = try Reading(inventory, .allColumns).rows("serial_number", "server_id", "server_name")
        #expect(Set(rows).isSuperset(of: ids.map { "C0-\($0) \($0) name of \($0)" }))
        #expect(rows.count(where: { $0.hasSuffix(" - -") }) == 1 + 4, "and those that left")
    }

    @Test func aNameThatIsNotWholeIsRejectedForEachOfItsDevices() throws {
        let servers = [
            server("S1", #"{"serverName":"One\u0000","serverType":"MDM"}"#), server("S2", #"{"serverName":"Zwei"}"#),
            server("S3", "{\"serverName\":\"M\u{FFFD}nchen\"}"), server("S4", "{}"),
        ]
        try inventory.recordServers(servers, at: firstNight)
        let assigned = ["C01": "S1", "C02": "S2", "C03": "S3", "C04": "S4"]
        _ = try inventory.recordAssignments(assigned, at: firstNight)
        let reading = try Reading(inventory, .allColumns)
        #expect(
            reading.rows("server_id", "server_name", "server_type") == ["S1 - MDM", "S2 Zwei -", "S3 - -", "S4 - -"]
        )
        let rejects = reading.rejects.map { "\($0.dataset) \($0.serialNumber ?? "") \($0.column) \($0.value)" }
        #expect(rejects == [#"devices C01 server_name One\u0000"#, "devices C03 server_name M\u{FFFD}nchen"])
        #expect(reading.rejects.allSatisfy { $0.reason == .invalidText && $0.stage == "assignments" })
    }

    @Test func devicesHaveTheColumnsOfTheirService() throws {
        try inventory.recordServers([server("S1", #"{"serverName":"One","serverType":"MDM"}"#)], at: firstNight)
        let outcome = try inventory.recordAssignments(["C01": "S1", "C03": "S9", "UNKNOWN": "S1"], at: firstNight)
        #expect(outcome.changed == 2)
        #expect(outcome.total == 3)
        let reading = try Reading(inventory, .allColumns)
        #expect(
            reading.rows("serial_number", "server_id", "server_name", "server_type") == [
                "C01 S1 One MDM", "C02 - - -", "C03 - - -", "C04 - - -",
            ]
        )
    }

    @Test func aCountOfDevicesThatNoServiceHasIsNoCount() throws {
        let counts = ["99999999999999999999999", "9223372036854775807", "-1", "1.5", "1e300"]
        try inventory.recordServers(
            counts.enumerated().map { server("S\($0)", #"{"deviceCount":\#($1)}"#) },
            at: firstNight
        )
        #expect(try inventory.knownServers.map(\.deviceCount) == [nil, 1_000_000_000, 0, nil, nil])
    }

    @Test func onlyWhatDiffersChanges() throws {
        _ = try inventory.recordAssignments(["C01": "S1", "C02": "S1"], at: firstNight)
        #expect(try inventory.recordAssignments(["C01": "S1", "C02": "S1"], at: secondNight).changed == 0)
        #expect(try inventory.recordAssignments(["C01": "S2", "C03": "S1"], at: secondNight).changed == 3)
    }

    @Test func aDeviceThatLeftHasNoService() throws {
        try inventory.recordServers([server("S1", "{}")], at: firstNight)
        _ = try inventory.recordAssignments(["C01": "S1", "C02": "S1"], at: firstNight)
        try inventory.list([device("C02")], at: secondNight)
        let reading = try Reading(inventory, .allColumns)
        #expect(reading.rows("serial_number", "server_id").prefix(2) == ["C02 S1", "C01 -"])
        // A list that still names it does not bring it back.
        #expect(try inventory.recordAssignments(["C01": "S1", "C02": "S1"], at: secondNight).changed == 0)
    }

    @Test func aListIsTakenWholeOrNotAtAll() throws {
        try inventory.recordServers(["S1", "S2"].map { server($0, "{}") }, at: firstNight)
        // What was read before an interruption.
        try AssignmentLists(of: inventory).add(["C04"])
        let lists = try AssignmentLists(of: inventory)
        try lists.add(["C01"])
        try lists.end(as: "S1")
        // The service was deleted while its list was read.
        try lists.add(["C01", "C02"])
        try lists.end(as: nil)
        try lists.add(["C01"])
        try lists.add(["C01", "C03"])
        try lists.end(as: "S2")
        #expect(try lists.record(at: firstNight) == (total: 2, changed: 2))
        #expect(
            try Reading(inventory, .allColumns).rows("serial_number", "server_id")
                == ["C01 S2", "C02 -", "C03 S2", "C04 -"]
        )
    }
}
