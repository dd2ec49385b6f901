import Records
import Stages
import TestSupport
import Testing

@Suite struct CSVTests {
    private static let row: [TestValue] = [
        "SN1", 256_000_000_000, 0.5, true, .moment(1_746_050_714), .day(20_208), "a4:83:e7:00:11:22",
        #"["352099001761481","352099001761499"]"#, #"{"a":"x, y"}"#,
    ]

    private func written(_ settings: String, _ schema: Schema, _ rows: [[TestValue]]) async throws -> String {
        let folder = try TestFolder()
        try await loader("csv: { file: \(folder.file("a.csv"))\(settings) }").load(schema, Batch(rows))
        return try folder.text("a.csv")
    }

    @Test func everyTypeHasOneForm() async throws {
        let text = try await written("", .types, [Self.row, ["SN2"] + Array(repeating: .null, count: 8)])
        #expect(
            text == """
                id,size,share,is_new,seen_at,ends_on,wifi_mac_address,imeis,extra\r
                SN1,256000000000,0.5,true,2025-04-30T22:05:14.000Z,2025-04-30,a4:83:e7:00:11:22,\
                352099001761481;352099001761499,"{""a"":""x, y""}"\r
                SN2,,,,,,,,\r

                """
        )
    }

    @Test func settingsChangeTheForm() async throws {
        let settings = ", delimiter: ';', line_ending: lf, header: false, list_separator: ' '"
        let text = try await written(settings, .types, [["a;b", 1, nil, false, nil, nil, nil, #"["1","2"]"#, nil]])
        #expect(text == "\"a;b\";1;;false;;;;1 2;\n")
    }

    @Test func tabIsWrittenAsAWord() async throws {
        let text = try await written(", delimiter: tab", .pairs, [["1", "a,b"], ["2", "c\td"]])
        #expect(text == "id\tnote\r\n1\ta,b\r\n2\t\"c\td\"\r\n")
    }

    @Test func aTimeInAFileOfColonsIsQuoted() async throws {
        let schema = Schema("times", "", key: [], [Field("at", .timestamp, ""), Field("id", .text, "")])
        let text = try await written(", delimiter: ':', header: false", schema, [[.moment(0), "a"], [nil, "b:c"]])
        #expect(text == "\"1970-01-01T00:00:00.000Z\":a\r\n:\"b:c\"\r\n")
    }

    @Test func anEmptyListIsNotANull() async throws {
        let schema = Schema("lists", "", key: [], [Field("a", .text, ""), Field("imeis", .textList, "")])
        #expect(try await written(", header: false", schema, [["1", "[]"], ["2", nil]]) == "1,\"\"\r\n2,\r\n")
    }

    @Test func excelGetsAMarkAndItsIdentifiersAsText() async throws {
        let text = try await written(", profile: excel", .types, [Self.row])
        #expect(text.hasPrefix("\u{FEFF}id,size,"))
        #expect(text.contains(#""=""SN1""",256000000000,0.5"#))
        #expect(text.contains(#""=""a4:83:e7:00:11:22""""#))
    }

    @Test(arguments: ["\u{A0}=1", " @x", "\u{200B}+1", "＝1", "\n=1"]) func excelIsShieldedFromFormulas(text: String)
        async throws
    {
        #expect(
            try await written(", profile: excel, header: false", .pairs, [["1", .text(text)]]).contains(",\"'\(text)\"")
        )
        #expect(try await !written(", header: false", .pairs, [["1", .text(text)]]).contains("'"))
    }

    @Test(arguments: [
        "1/2", "00123", "12 May", "May 5", "1E5", "TRUE", "falsch", "10:30 PM", "17.5", "50%", "(5)", "1,5",
        "3. März 2025",
    ])
    func excelKeepsTextThatItWouldConvert(text: String) async throws {
        let found = try await written(", profile: excel, header: false", .pairs, [["1", .text(text)]])
        #expect(found == "\u{FEFF}\"=\"\"1\"\"\",\"=\"\"\(text)\"\"\"\r\n")
    }

    @Test(arguments: ["MacBook Pro", "256GB", "13-inch MacBook Air", "iPad (10th generation)", "May", "March Networks"])
    func excelNeedsNoHelpWithOtherText(text: String) async throws {
        let found = try await written(", profile: excel, header: false", .pairs, [["1", .text(text)]])
        #expect(found == "\u{FEFF}\"=\"\"1\"\"\",\(text)\r\n")
    }

    @Test func excelGetsDatesAndNumbersInItsOwnForm() async throws {
        let schema = Schema(
            "n",
            "",
            key: [],
            [Field("a", .timestamp, ""), Field("b", .date, ""), Field("c", .real, "")]
        )
        let rows: [[TestValue]] = [[.moment(1_746_050_714), .day(20_208), 0.5]]
        let comma = try await written(", profile: excel, header: false", schema, rows)
        #expect(comma == "\u{FEFF}2025-04-30 22:05:14,2025-04-30,0.5\r\n")
        let semicolon = try await written(", profile: excel, header: false, delimiter: ';'", schema, rows)
        #expect(semicolon == "\u{FEFF}2025-04-30 22:05:14;2025-04-30;0,5\r\n")
    }

    @Test func sqliteImportsWhatWasWritten() async throws {
        let folder = try TestFolder()
        let rows = awkwardTexts.enumerated().map { [TestValue.text("\(100 + $0)"), .text($1)] }
        try await loader("csv: { file: \(folder.file("a.csv")) }").load(.pairs, Batch(rows))
        let run = try Program.run(
            "/usr/bin/env",
            [
                "sqlite3", folder.file("a.db"), ".mode csv", ".import \(folder.file("a.csv")) t",
                "SELECT hex(note) FROM t ORDER BY id",
            ]
        )
        let expected = awkwardTexts.map {
            $0.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().uppercased()
        }
        #expect(run.output.split(whereSeparator: \.isNewline).map(String.init) == expected, "\(run.errors)")
    }

    @Test func rowsOfRemovedDevicesAreLeftOutUnlessWanted() async throws {
        let folder = try TestFolder()
        let live = Batch([["1", "live"]])
        let gone = Batch([["2", "gone"]], isRemoved: true)
        let skipped = try await loader("csv: { file: \(folder.file("a.csv")) }").load(.pairs, live, gone)
        #expect(skipped == LoadCounts(written: 1, filtered: 1))
        #expect(try folder.text("a.csv") == "id,note\r\n1,live\r\n")
        let wanted = try await loader("csv: { file: \(folder.file("a.csv")), removed: include }").load(
            .pairs,
            live,
            gone
        )
        #expect(wanted == LoadCounts(written: 2))
        #expect(try folder.text("a.csv") == "id,note\r\n1,live\r\n2,gone\r\n")
    }

    @Test(arguments: ["ab", "'\"'", "x", "1", "''"]) func delimitersAreMarks(text: String) throws {
        #expect(throws: PlanError.self) { try loader("csv: { file: a.csv, delimiter: \(text) }") }
    }
}
