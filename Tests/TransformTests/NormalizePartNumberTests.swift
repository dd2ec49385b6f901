import Records
import Testing

@Suite struct NormalizePartNumberTests {
    @Test func whatThePartNumberTellsIsAdded() throws {
        let result = try Table.devices(
            ["part_number": " md455ll/a "],
            ["part_number": "FD311ZP/A"],
            ["part_number": "z0rt"],
            ["part_number": ""],
            [:]
        ).applying("part_number")
        #expect(result.column("part_number") == ["MD455LL/A", "FD311ZP/A", "z0rt", nil, nil])
        #expect(result.column("part_number_region") == ["LL", "ZP", nil, nil, nil])
        #expect(result.column("sale_type") == ["retail", "refurbished", nil, nil, nil])
        #expect(result.schema.fields.suffix(2).map(\.name) == ["part_number_region", "sale_type"])
        #expect(result.rejects.isEmpty)
    }

    @Test func aStandInIsRefused() throws {
        let result = try Table.devices(["serial_number": "S1", "part_number": "n/a"]).applying("part_number")
        #expect(result.column("part_number") == [nil])
        #expect(result.refused == [["S1", "part_number", "placeholder", "n/a"]])
        #expect(result.rejects.map(\.stage) == ["part_number"])
    }

    @Test func otherFormsAreCounted() throws {
        let result = try Table.devices(["part_number": "A2482"], ["part_number": "Z0RT"], ["part_number": "MD455LL/A"])
            .applying("part_number")
        #expect(result.findings.warnings == [.regionNotParsed: 2])
    }

    @Test func applyingTwiceChangesNothing() throws {
        let once = try Table.devices(["part_number": "md455ll/a"]).applying("part_number")
        let twice = try once.applying("part_number")
        #expect(twice.schema == once.schema)
        #expect(twice["part_number"] == "MD455LL/A")
        #expect(twice["part_number_region"] == "LL")
    }

    @Test func missingColumnIsNamed() {
        expectProblems("1️⃣part_number", in: .servers, "1️⃣ no column 'part_number'")
    }
}
