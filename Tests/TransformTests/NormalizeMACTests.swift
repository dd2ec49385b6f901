import Records
import Testing

@Suite struct NormalizeMACTests {
    private let table = Table.devices([
        "serial_number": "S1", "wifi_mac_address": "3C-22-FB-00-53-10", "bluetooth_mac_address": "3c22fb005311",
        "ethernet_mac_addresses": #"["3C:22:FB:00:53:12","3c22.fb00.5312","3c:22:fb:00:53:13"]"#,
    ])

    @Test func addressesBecomeCanonical() throws {
        let result = try table.applying("mac")
        #expect(result["wifi_mac_address"] == "3c:22:fb:00:53:10")
        #expect(result["bluetooth_mac_address"] == "3c:22:fb:00:53:11")
        #expect(result["ethernet_mac_addresses"] == #"["3c:22:fb:00:53:12","3c:22:fb:00:53:13"]"#)
        #expect(result.type("wifi_mac_address") == .mac)
        #expect(result.type("ethernet_mac_addresses") == .textList)
    }

    @Test(arguments: [
        ("colon_upper", "3C:22:FB:00:53:10"), ("hyphen_lower", "3c-22-fb-00-53-10"), ("bare_upper", "3C22FB005310"),
        ("hyphen_upper", "3C-22-FB-00-53-10"), ("cisco_dot", "3c22.fb00.5310"), ("bare_lower", "3c22fb005310"),
    ])
    func otherStylesAreText(_ style: String, _ expected: String) throws {
        let result = try table.applying("mac: { style: \(style) }")
        #expect(result["wifi_mac_address"] == .text(expected))
        #expect(result.type("wifi_mac_address") == .text)
        #expect(try result.applying("mac")["wifi_mac_address"] == "3c:22:fb:00:53:10")
        #expect(try table.applying("mac").applying("mac: { style: \(style) }").type("wifi_mac_address") == .text)
    }

    @Test func refusedAddressesAreNoted() throws {
        let result = try Table.devices([
            "serial_number": "S1", "wifi_mac_address": "00:00:00:00:00:00", "bluetooth_mac_address": "unknown",
            "ethernet_mac_addresses": #"["01:00:5e:00:53:01","3c:22:fb:00:53:13"]"#,
        ]).applying("mac")
        #expect(result.column("wifi_mac_address") == [nil])
        #expect(result["ethernet_mac_addresses"] == #"["3c:22:fb:00:53:13"]"#)
        #expect(
            result.refused == [
                ["S1", "wifi_mac_address", "placeholder", "00:00:00:00:00:00"],
                ["S1", "bluetooth_mac_address", "placeholder", "unknown"],
                ["S1", "ethernet_mac_addresses", "multicast", "01:00:5e:00:53:01"],
            ]
        )
    }

    @Test func warningsCanCountAsErrors() throws {
        let local = Table.devices(["wifi_mac_address": "d6:8a:39:00:53:02"])
        #expect(try local.applying("mac")["wifi_mac_address"] == "d6:8a:39:00:53:02")
        let strict = try local.applying("mac: { warnings_as_errors: true }")
        #expect(strict.refused.map { $0[2] } == ["locally_administered"])
    }

    @Test func problemsAreNamed() {
        expectProblems(
            "1️⃣mac",
            in: .servers,
            "1️⃣ no column 'wifi_mac_address'",
            "1️⃣ no column 'bluetooth_mac_address'",
            "1️⃣ no column 'ethernet_mac_addresses'"
        )
        expectProblems("mac: { style: 1️⃣colon_uper }", "1️⃣ expected colon_lower or colon_upper")
    }
}
