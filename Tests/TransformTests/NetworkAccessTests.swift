import Records
import Stages
import Testing

/// Which devices `mac_addresses` lets into a list for network access control.
@Suite struct NetworkAccessTests {
    private let table = Table.devices(
        [
            "serial_number": "S1", "wifi_mac_address": "3c:22:fb:00:53:10",
            "released_from_org_at": .timestamp("2026-01-02"),
        ],
        ["serial_number": "S2", "wifi_mac_address": "3c:22:fb:00:53:11"]
    )

    @Test func aReleasedDeviceIsLeftOut() throws {
        let result = try table.applying("mac_addresses: { interfaces: [wifi] }")
        #expect(result.column("serial_number") == ["S2"])
        #expect(result.rejects.isEmpty)
    }

    @Test func aReleasedDeviceDoesNotKeepItsAddressFromAnother() throws {
        let moved = Table.devices(
            [
                "serial_number": "S1", "wifi_mac_address": "3c:22:fb:00:53:10",
                "released_from_org_at": .timestamp("2026-01-02"),
            ],
            ["serial_number": "S2", "wifi_mac_address": "3c:22:fb:00:53:10"]
        )
        #expect(try moved.applying("mac_addresses: { interfaces: [wifi] }").column("serial_number") == ["S2"])
    }

    @Test func rowsOfDevicesThatLeftGoOn() throws {
        var gone = table
        gone.batch.isRemoved = true
        let result = try gone.applying("mac_addresses: { interfaces: [wifi] }")
        #expect(result.column("serial_number") == ["S1", "S2"])
        #expect(result.batch.isRemoved)
    }

    @Test func rowsThatDoNotTellWhetherTheyWereReleasedAreRefused() throws {
        let narrow = try table.applying("select: [serial_number, wifi_mac_address]")
        expectProblems(
            "1️⃣mac_addresses: { interfaces: [wifi] }",
            in: narrow.schema,
            "1️⃣ mac_addresses needs 'released_from_org_at', to leave out devices that were released; keep the column until this stage"
        )
    }

    @Test(arguments: [
        "select: { mac: mac }", "rename: { mac: Address }", "sort: [mac]", "where: mac IS NOT NULL",
        "compute: { x: \"1\" }", "dates: { style: snipeit }",
    ])
    func theRowsStayAnAllowlist(_ next: String) throws {
        #expect(!table.schema.isAllowlist)
        let list = try bind("mac_addresses: { interfaces: [wifi] }", to: table.schema).output
        #expect(list.isAllowlist)
        #expect(try bind(next, to: list).output.isAllowlist)
    }
}
