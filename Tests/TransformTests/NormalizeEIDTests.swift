import Records
import Testing

@Suite struct NormalizeEIDTests {
    @Test func textsBecomeCanonical() throws {
        let result = try Table.devices(
            ["eid": "8909 9999 9337 9156 6859 6608 8844 4262"],
            ["eid": "89049037640158663184237812557346"],
            ["eid": " "],
            [:]
        ).applying("eid")
        #expect(
            result.column("eid") == ["89099999933791566859660888444262", "89049037640158663184237812557346", nil, nil]
        )
        #expect(result.rejects.isEmpty)
    }

    @Test func refusedValueBecomesNull() throws {
        let result = try Table.devices(["serial_number": "S1", "eid": "89049037640158600000000000000000"]).applying(
            "eid"
        )
        #expect(result.column("eid") == [nil])
        #expect(result.refused == [["S1", "eid", "truncated_precision", "89049037640158600000000000000000"]])
    }

    @Test func warningsCanCountAsErrors() throws {
        let table = Table.devices(["eid": "35099999056734067884237782602479"])
        #expect(try table.applying("eid")["eid"] == "35099999056734067884237782602479")
        let strict = try table.applying("eid: { warnings_as_errors: true }")
        #expect(strict.refused.map { $0[2] } == ["eid_prefix_not_89"])
    }

    @Test func missingColumnIsNamed() {
        expectProblems("1️⃣eid", in: .servers, "1️⃣ no column 'eid'")
    }
}
