import Foundation
import Records
import Stages
import TestSupport
import Testing

@testable import Load

@Suite struct WorkbookTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    /// The cells of the sheet: reference, type, and value.
    private func cells(_ name: String = "a.xlsx") throws -> [[String]] {
        let script = """
            import json, sys, xml.etree.ElementTree as xml, zipfile
            n = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
            sheet = xml.fromstring(zipfile.ZipFile(sys.argv[1]).read('xl/worksheets/sheet1.xml'))
            print(json.dumps([[c.get('r'), c.get('t', 'n'), ''.join(c.itertext())] for c in sheet.iter(n + 'c')]))
            """
        let run = try Program.run("/usr/bin/env", ["python3", "-c", script, folder.file(name)])
        try #require(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode([[String]].self, from: Data(run.output.utf8))
    }

    private var load: any Loader { get throws { try loader("xlsx: { file: \(folder.file("a.xlsx")) }") } }

    @Test func everyTypeHasItsCell() async throws {
        let row: [TestValue] = [
            "0123", 256_000_000_000, 0.5, true, .moment(1_746_050_714), .day(20_208), "a4:83:e7:00:11:22",
            #"["352099001761481","352099001761499"]"#, #"{"a":1}"#,
        ]
        try await load.load(.types, Batch([row, ["2"] + Array(repeating: .null, count: 8)]))
        let found = try cells()
        #expect(found[..<9].map { $0[2] } == Schema.types.fields.map(\.name))
        #expect(
            found[9...] == [
                ["A2", "inlineStr", "0123"], ["B2", "n", "256000000000"], ["C2", "n", "0.5"], ["D2", "b", "1"],
                ["E2", "n", "45777.92030092592"], ["F2", "n", "45777"], ["G2", "inlineStr", "a4:83:e7:00:11:22"],
                ["H2", "inlineStr", "352099001761481;352099001761499"], ["I2", "inlineStr", #"{"a":1}"#],
                ["A3", "inlineStr", "2"],
            ]
        )
    }

    @Test(arguments: ["1/2", "=A1", "00352099001761481", "89049037640158663184237812557346", "TRUE", "1E5", " x "])
    func textStaysText(text: String) async throws {
        try await load.load(.pairs, Batch([["1", .text(text)]]))
        #expect(try cells().last == ["B2", "inlineStr", text])
    }

    @Test func whatExcelCannotHoldAsANumberIsText() async throws {
        let schema = Schema(
            "n",
            "",
            key: [],
            [Field("a", .integer, ""), Field("b", .timestamp, ""), Field("c", .date, "")]
        )
        try await load.load(
            schema,
            Batch([
                [1_000_000_000_000_000, .moment(-3_000_000_000), .day(-40_000)],
                [999_999_999_999_999, .moment(0), .day(0)],
            ])
        )
        #expect(
            try cells()[3...].map { $0[1...].joined(separator: " ") } == [
                "inlineStr 1000000000000000", "inlineStr 1874-12-07T18:40:00.000Z", "inlineStr 1860-06-26",
                "n 999999999999999", "n 25569", "n 25569",
            ]
        )
    }

    @Test func charactersThatXMLLacksDoNotBreakTheFile() async throws {
        try await load.load(
            .pairs,
            Batch([["1", "a\u{0}b\u{FFFF}c\u{FFFE}d"], ["2", "_x0041_"], ["3", "_x00_x0041_"]])
        )
        #expect(
            try cells()[2...].filter { $0[0].hasPrefix("B") }.map { $0[2] } == [
                "ab\u{FFFD}c\u{FFFD}d", "_x005F_x0041_", "_x00_x005F_x0041_",
            ]
        )
    }

    @Test func equalRowsAreTheSameFile() async throws {
        try await load.load(.pairs, .pairs(0..<3))
        let first = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.xlsx")))
        // ZIP archives have times in steps of two seconds.
        try await Task.sleep(for: .seconds(2.1))
        #expect(try await load.load(.pairs, .pairs(0..<3)) == LoadCounts(unchanged: 3))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("a.xlsx"))) == first)
    }

    @Test func partsAreWorkbooks() async throws {
        let split = try loader("xlsx: { file: \(folder.file("a.xlsx")), split_rows: 2, checksum: true }")
        #expect(try await split.load(.pairs, .pairs(0..<3)) == LoadCounts(written: 3))
        #expect(try cells("a-001.xlsx").count == 6)
        #expect(try cells("a-002.xlsx").count == 4)
    }

    @Test func aTextThatFitsNoCellFailsTheLoad() async throws {
        let failure = try await failure {
            try await load.load(.pairs, Batch([["1", .text(String(repeating: "x", count: 32_768))]]))
        }
        #expect(failure.message.contains("note: a value of 32768 bytes does not fit into a cell of Excel"))
        #expect(folder.names.isEmpty)
    }

    @Test func aDamagedOldWorkbookIsNotCompared() async throws {
        try Data("PK no workbook".utf8).write(to: URL(fileURLWithPath: folder.file("a.xlsx")))
        let guarded = try loader("xlsx: { file: \(folder.file("a.xlsx")), max_removed: 0% }")
        let failure = try await failure { try await guarded.load(.pairs, .pairs(0..<3)) }
        #expect(failure.message.contains("it is not a workbook, or it is cut off; the old file stays"))
    }

    @Test func aCutWorkbookIsNeverCountedAsWhole() async throws {
        try await load.load(.pairs, .pairs(0..<50))
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.xlsx"))))
        #expect(try WorkbookRows.count(in: whole) == 51)
        for count in stride(from: 0, to: whole.count, by: 97) {
            #expect(throws: Failure.self) { try WorkbookRows.count(in: Array(whole.prefix(count))) }
        }
    }

    @Test func theNameMustBeThatOfAWorkbook() throws {
        #expect(
            try problems("1️⃣xlsx: { file: devices.csv }") == [
                "1️⃣ Excel opens a workbook only if its name ends in .xlsx; name it such as devices.xlsx"
            ]
        )
    }
}
