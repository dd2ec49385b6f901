import Records
import Testing

/// Values that were accepted although they were odd are counted.
@Suite struct WarningTests {
    private let table = Table.devices(
        [
            "imeis": #"["35209900176148","3568680000414120"]"#, "meids": #"["990000123456784"]"#,
            "eid": "35099999056734067884237782602479", "wifi_mac_address": "d6:8a:39:00:53:02",
            "ethernet_mac_addresses": #"["d6:8a:39:00:53:03","d6:8a:39:00:53:04"]"#, "device_capacity": "256GiB",
        ],
        [
            "imeis": #"["26053179311383","352099001761481"]"#, "meids": #"["AF0123450ABCDE"]"#,
            "eid": "89049037640158663184237812557346", "wifi_mac_address": "3c:22:fb:00:53:10",
            "device_capacity": "256GB",
        ],
        [:]
    )

    @Test(
        arguments: [
            ("imei", [.checkDigitAdded: 2, .imeisvReduced: 1]), ("meid", [.checkDigitRemoved: 1]),
            ("eid", [.eidPrefixNot89: 1]), ("mac", [.locallyAdministered: 3]), ("storage", [.binaryUnit: 1]),
            ("mac_addresses: { allow_local: true }", [.locallyAdministered: 3]),
        ] as [(String, [Warning: Int])]
    )
    func everyValueCounts(_ stage: String, _ expected: [Warning: Int]) throws {
        let result = try table.applying(stage)
        #expect(result.findings.warnings == expected)
        #expect(result.rejects.isEmpty)
    }

    @Test(arguments: [
        ("imei: { warnings_as_errors: true }", 3), ("meid: { warnings_as_errors: true }", 1),
        ("eid: { warnings_as_errors: true }", 1), ("mac: { warnings_as_errors: true }", 3),
        ("storage: { binary_units: false }", 1), ("mac_addresses", 3),
    ])
    func whatIsRefusedIsNoWarning(_ stage: String, _ refused: Int) throws {
        let result = try table.applying(stage)
        #expect(result.findings.warnings.isEmpty)
        #expect(result.rejects.count == refused)
    }

    @Test func valuesOfOneListCountEach() throws {
        let result = try Table.devices(["imeis": #"["35209900176148","26053179311383"]"#]).applying("imei")
        #expect(result.findings.warnings == [.checkDigitAdded: 2])
    }

    @Test func findingsAddUp() {
        var sum = Findings()
        var other = Findings()
        other.note([.binaryUnit, .dateOnly])
        sum.note([.binaryUnit])
        sum.add(other)
        sum.add(other)
        #expect(sum.warnings == [.binaryUnit: 3, .dateOnly: 2])
    }
}
