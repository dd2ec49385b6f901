import Records
import Testing

@Suite struct NormalizeMEIDTests {
    @Test func listsBecomeCanonical() throws {
        let result = try Table.devices(
            ["meids": #"["af0123450abcde","AF 01 23 45 0A BC DE C"]"#],
            ["meids": #"["293608736500703710"]"#],
            [:]
        ).applying("meid")
        #expect(result.column("meids") == [#"["AF0123450ABCDE"]"#, #"["AF0123450ABCDE"]"#, "[]"])
    }

    @Test func refusedValuesAreNoted() throws {
        let result = try Table.devices(["serial_number": "S1", "meids": #"["80AB12CD",99000012345678]"#]).applying(
            "meid"
        )
        #expect(result["meids"] == "[]")
        #expect(
            result.refused == [
                ["S1", "meids", "esn_not_meid", "80AB12CD"], ["S1", "meids", "type", "99000012345678"],
            ]
        )
    }

    @Test func warningsCanCountAsErrors() throws {
        let result = try Table.devices(["meids": #"["990000123456784"]"#]).applying(
            "meid: { warnings_as_errors: true }"
        )
        #expect(result.refused == [["", "meids", "check_digit_removed", "990000123456784"]])
    }

    @Test func missingColumnIsNamed() {
        expectProblems("1️⃣meid", in: .servers, "1️⃣ no column 'meids'")
    }
}
