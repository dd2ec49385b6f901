import Records
import Testing

@Suite struct NormalizeIMEITests {
    @Test func listsBecomeCanonicalAndFlat() throws {
        let result = try Table.devices(
            ["imeis": #"["001003211676807","001003211818169"]"#],
            ["imeis": #"["35-209900-176148-1","352099001761481"]"#],
            ["imeis": "[]"],
            [:]
        ).applying("imei")
        #expect(
            result.column("imeis") == [
                #"["001003211676807","001003211818169"]"#, #"["352099001761481"]"#, "[]", "[]",
            ]
        )
        #expect(result.column("imei1") == ["001003211676807", "352099001761481", nil, nil])
        #expect(result.column("imei2") == ["001003211818169", nil, nil, nil])
        #expect(result.rejects.isEmpty)
    }

    @Test func refusedValuesLeaveTheRowAndItsOtherValues() throws {
        let result = try Table.devices([
            "serial_number": "S1", "imeis": #"["352099001761482","001003211818169",12]"#,
            "meids": #"["99000012345678"]"#, "eid": "kept",
        ]).applying("imei")
        #expect(result.column("imeis") == [#"["001003211818169"]"#])
        #expect(result.column("imei1") == [nil])
        #expect(result.column("imei2") == ["001003211818169"])
        #expect(result["meids"] == #"["99000012345678"]"#)
        #expect(result["eid"] == "kept")
        #expect(
            result.refused == [["S1", "imeis", "checksum", "352099001761482"], ["S1", "imeis", "lossy_number", "12"]]
        )
        #expect(result.rejects.map(\.stage) == ["imei", "imei"])
        #expect(result.rejects.map(\.dataset) == ["devices", "devices"])
    }

    /// What Apple lists, and what becomes of its first and second place.
    @Test(
        arguments: [
            (#"["352099001761481","001003211818169"]"#, "352099001761481", "001003211818169"),
            (#"["352099001761481"]"#, "352099001761481", nil), ("[]", nil, nil), ("null", nil, nil),
            (#"["N/A","001003211818169"]"#, nil, "001003211818169"),
            (#"["","001003211818169"]"#, nil, "001003211818169"), (#"[" ","001003211818169"]"#, nil, "001003211818169"),
            (#"[null,"001003211818169"]"#, nil, "001003211818169"),
            (#"[12,"001003211818169"]"#, nil, "001003211818169"),
            (#"["352099001761481","352099001761482"]"#, "352099001761481", nil),
            (#"["352099001761481",""]"#, "352099001761481", nil),
            (#"["352099001761481","35-209900-176148-1"]"#, "352099001761481", nil),
            (#"["352099001761481","35-209900-176148-1","001003211818169"]"#, "352099001761481", nil),
            (#"["N/A","","001003211818169"]"#, nil, nil), (#""352099001761481""#, "352099001761481", nil),
            (#"["N/A","352099001761481","001003211818169"]"#, nil, "352099001761481"),
            (#"["N/A","N/A"]"#, nil, nil),
        ] as [(String, String?, String?)]
    )
    func placesAreThoseOfTheList(_ list: String, _ first: String?, _ second: String?) throws {
        let once = try Table.devices(["imeis": .text(list)]).applying("imei")
        // A second stage finds the list canonical, and leaves the places as they are.
        let twice = try once.applying("imei: { warnings_as_errors: true }")
        for result in [once, twice] {
            #expect(result["imei1"] == first.map(Value.text) ?? .null)
            #expect(result["imei2"] == second.map(Value.text) ?? .null)
            #expect(result["imeis_partial"] == once["imeis_partial"])
        }
    }

    @Test func canonicalTextIsNotCopied() throws {
        let table = Table.devices(["imeis": #"["001003211676807"]"#])
        #expect(try table.applying("imei").batch.bytes.count == table.batch.bytes.count)
    }

    @Test func warningsCanCountAsErrors() throws {
        let table = Table.devices(["serial_number": "S1", "imeis": #"["3568680000414120","352099001761481"]"#])
        #expect(try table.applying("imei")["imei1"] == "356868000041418")
        let strict = try table.applying("imei: { warnings_as_errors: true }")
        #expect(strict["imei1"] == .null)
        #expect(strict["imei2"] == "352099001761481")
        #expect(strict.refused == [["S1", "imeis", "imeisv_reduced", "3568680000414120"]])
    }

    @Test func applyingTwiceChangesNothing() throws {
        let once = try Table.devices(["imeis": #"["35-209900-176148-1"]"#]).applying("imei")
        let twice = try once.applying("imei")
        #expect(twice.schema == once.schema)
        #expect(twice["imeis"] == once["imeis"])
        #expect(twice["imei1"] == once["imei1"])
    }

    @Test func missingColumnIsNamed() {
        expectProblems("1️⃣imei", in: .servers, "1️⃣ no column 'imeis'")
    }
}
