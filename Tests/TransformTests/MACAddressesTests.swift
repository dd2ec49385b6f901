import Foundation
import Records
import Stages
import Testing

@Suite struct MACAddressesTests {
    private let table = Table.devices(
        [
            "serial_number": "S1", "device_model": "MacBook", "wifi_mac_address": "3C:22:FB:00:53:10",
            "bluetooth_mac_address": "3C:22:FB:00:53:11",
            "ethernet_mac_addresses": #"["3C-22-FB-00-53-12","3C22FB005310"]"#,
        ],
        ["serial_number": "S2", "device_model": "iPad"],
        ["serial_number": "S3", "device_model": "iPhone", "wifi_mac_address": "3c:22:fb:00:53:12"]
    )

    @Test func eachAddressHasARow() throws {
        let result = try table.applying("mac_addresses")
        #expect(result.column("serial_number") == ["S1", "S1"])
        #expect(result.column("device_model") == ["MacBook", "MacBook"])
        #expect(result.column("mac") == ["3c:22:fb:00:53:10", "3c:22:fb:00:53:12"])
        #expect(result.column("interface") == ["wifi", "ethernet"])
        #expect(result.type("mac") == .mac)
        #expect(result.schema.key == ["mac"])
        #expect(result.refused.isEmpty)
    }

    @Test func devicesMayShareAnAddress() throws {
        let result = try table.applying("mac_addresses: { shared: true, style: hyphen_upper }")
        #expect(result.column("serial_number") == ["S1", "S1", "S3"])
        #expect(result.column("mac") == ["3C-22-FB-00-53-10", "3C-22-FB-00-53-12", "3C-22-FB-00-53-12"])
        #expect(result.type("mac") == .text)
        #expect(result.schema.key == ["serial_number", "mac"])
    }

    @Test func addressSeenInAnEarlierBatchHasItsRow() throws {
        var bound = try bind("mac_addresses", to: table.schema)
        var findings = Findings()
        var (first, second) = (table.batch, table.batch)
        try bound.apply(&first, findings: &findings)
        try bound.apply(&second, findings: &findings)
        #expect((first.count, second.count) == (2, 0))
    }

    @Test func interfacesAreChosenAndOrdered() throws {
        let result = try table.applying("mac_addresses: { interfaces: [ethernet, wifi, ethernet] }")
        #expect(result.column("interface") == ["ethernet", "ethernet"])
        expectProblems("mac_addresses: { interfaces: [wifi, 1️⃣bluetooth] }", "1️⃣ expected wifi or ethernet")
        expectProblems("1️⃣mac_addresses: { interfaces: [] }", "1️⃣ mac_addresses needs an interface")
    }

    @Test func whatNoNetworkShouldLetInIsLeftOut() throws {
        let result = try Table.devices([
            "serial_number": "S1", "wifi_mac_address": "DA:A1:19:00:53:01",
            "ethernet_mac_addresses": #"["01:00:5e:00:53:01","00:00:00:00:00:00","x",""]"#,
        ]).applying("mac_addresses")
        #expect(result.batch.count == 0)
        #expect(
            result.refused == [
                ["S1", "wifi_mac_address", "locally_administered", "DA:A1:19:00:53:01"],
                ["S1", "ethernet_mac_addresses", "multicast", "01:00:5e:00:53:01"],
                ["S1", "ethernet_mac_addresses", "placeholder", "00:00:00:00:00:00"],
                ["S1", "ethernet_mac_addresses", "format", "x"],
            ]
        )
    }

    @Test func privateAddressesCanBeLetIn() throws {
        let result = try Table.devices(["wifi_mac_address": "DA:A1:19:00:53:01"])
            .applying("mac_addresses: { allow_local: true }")
        #expect(result.column("mac") == ["da:a1:19:00:53:01"])
    }

    @Test(arguments: Vector.load("mac", field: "nac_allowlist"))
    func followsTheVector(_ vector: Vector) throws {
        let object = try JSONSerialization.jsonObject(with: Data(vector.input.utf8)) as? [String: Any]
        let records = try #require(object?["records"] as? [[String: Any]])
        let interfaces = try #require(object?["include"] as? [String]).joined(separator: ", ")
        var table = Table.devices()
        let columns = ["wifi_mac_address", "bluetooth_mac_address", "ethernet_mac_addresses"]
        for index in table.schema.fields.indices where columns.contains(table.schema.fields[index].name) {
            table.schema.fields[index].type = .textList
        }
        let rows = records.map { record in
            Dictionary(
                uniqueKeysWithValues: zip(columns, ["wifi", "bluetooth", "ethernet"]).map { column, name in
                    (column, Value.text(Vector.json(record[name])))
                }
            )
        }
        let result = try Table(table.schema, rows).applying("mac_addresses: { interfaces: [\(interfaces)] }")
        let addresses = result.column("mac").compactMap { if case .text(let text) = $0 { text } else { nil } }
        #expect(Vector.json(addresses.sorted()) == vector.expected)
    }

    @Test func onlyTheChosenColumnsAreNeeded() throws {
        let narrow = try table.applying("select: [serial_number, wifi_mac_address, released_from_org_at]")
        #expect(try narrow.applying("mac_addresses: { interfaces: [wifi] }").batch.count == 2)
        expectProblems("1️⃣mac_addresses", in: narrow.schema, "1️⃣ no column 'ethernet_mac_addresses'")
    }
}
