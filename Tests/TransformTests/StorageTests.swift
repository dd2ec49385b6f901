import Records
import Testing

@Suite struct StorageTests {
    @Test func labelBecomesBytes() throws {
        let result = try Table.devices(
            ["device_capacity": "256GB"],
            ["device_capacity": "2.03TB"],
            ["device_capacity": ""],
            [:]
        ).applying("storage")
        #expect(result.column("capacity_bytes") == [256_000_000_000, 2_030_000_000_000, nil, nil])
        #expect(result["device_capacity"] == "256GB")
        #expect(result.type("capacity_bytes") == .integer)
        #expect(result.rejects.isEmpty)
    }

    @Test func refusedLabelStays() throws {
        let result = try Table.devices(["serial_number": "S1", "device_capacity": "1,5TB"]).applying("storage")
        #expect(result.column("capacity_bytes") == [nil])
        #expect(result["device_capacity"] == "1,5TB")
        #expect(result.refused == [["S1", "capacity_bytes", "format", "1,5TB"]])
    }

    @Test func binaryUnitsCanBeRefused() throws {
        let table = Table.devices(["device_capacity": "256GiB"])
        #expect(try table.applying("storage")["capacity_bytes"] == 274_877_906_944)
        #expect(try table.applying("storage: { binary_units: false }").refused.map { $0[2] } == ["binary_unit"])
    }

    @Test func missingColumnIsNamed() {
        expectProblems("1️⃣storage", in: .servers, "1️⃣ no column 'device_capacity'")
    }
}
