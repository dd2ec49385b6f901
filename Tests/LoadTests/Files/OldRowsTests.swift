import Foundation
import Records
import Stages
import Testing

/// Rows of the old file are counted as a reader would: a load that may lose none takes as many, and not one fewer.
@Suite struct OldRowsTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func expectCount(
        of count: Int,
        _ format: String,
        _ name: String,
        _ settings: String = "",
        schema: Schema = .pairs,
        note: String = "note",
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let shared = "file: '\(folder.file(name))'\(settings.isEmpty ? "" : ", ")\(settings)"
        try await loader("\(format): { \(shared) }").load(schema, .pairs(0..<count, note: note))
        let guarded = try loader("\(format): { \(shared), max_removed: 0% }")
        await #expect(throws: Failure.self, sourceLocation: sourceLocation) {
            try await guarded.load(schema, .pairs(0..<count - 1, note: note))
        }
        let counts = try await guarded.load(schema, .pairs(0..<count, note: "other"))
        #expect(counts == LoadCounts(written: count), sourceLocation: sourceLocation)
    }

    @Test(arguments: ["", "header: false", "line_ending: lf", "profile: excel", "profile: excel, header: false"])
    func lineBreaksInValuesAreNoRows(settings: String) async throws {
        try await expectCount(of: 10, "csv", "a.csv", settings, note: "one\ntwo\r\n\n\"three\",\n")
    }

    @Test func rowsOfAWorkbookAreCounted() async throws {
        try await expectCount(of: 10, "xlsx", "a.xlsx", note: "one\n<row two")
    }

    @Test func aHeaderMayHaveLineBreaks() async throws {
        let schema = Schema("x", "", key: [], [Field("a\n\nb", .text, ""), Field("\"\n", .text, "")])
        try await expectCount(of: 3, "csv", "a.csv", schema: schema)
    }

    @Test func loneQuotesAreData() async throws {
        try await expectCount(of: 5, "csv", "a.csv", "quotes: never, delimiter: tab", note: #"21.5" screen"#)
    }

    @Test(arguments: ["a.csv", "a.csv.gz", "a.csv.zst"]) func allPartsCountTogether(name: String) async throws {
        try await expectCount(of: 25, "csv", name, "split_rows: 10", note: "a\nb")
        #expect(folder.names.count == 3)
    }

    @Test(arguments: ["a.csv.gz", "a.csv.zst"]) func longCompressedFilesAreReadToTheirEnd(name: String) async throws {
        try await expectCount(of: 30_000, "csv", name, note: "a\nb")
    }

    @Test(arguments: ["objects", "values"]) func aDocumentHasMoreLinesThanRows(elements: String) async throws {
        let schema = Schema("one", "", key: [], [Field("id", .text, "")])
        let shared = """
            file: '\(folder.file("a.json"))', elements: \(elements), document: "{\\n\\"a\\":\\n[1],\\n\\"rows\\": $rows\\n\\n}"
            """
        func rows(_ count: Int) -> Batch { Batch((0..<count).map { [.text("\($0)\n")] }) }
        try await loader("json: { \(shared) }").load(schema, rows(4))
        let guarded = try loader("json: { \(shared), max_removed: 0% }")
        await #expect(throws: Failure.self) { try await guarded.load(schema, rows(3)) }
        #expect(try await guarded.load(schema, rows(4)) == LoadCounts(unchanged: 4))
    }

    @Test(arguments: ["a.csv.gz", "a.csv.zst"]) func aFileThatCannotBeComparedStays(name: String) async throws {
        let guarded = try loader("csv: { file: '\(folder.file(name))', max_removed: 0% }")
        try await loader("csv: { file: '\(folder.file(name))' }").load(.pairs, .pairs(0..<5000))
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
        let broken = [Data(), Data("no such format\n\n\n".utf8), whole.prefix(20), Data(whole.reversed())]
        for bytes in broken {
            try bytes.write(to: URL(fileURLWithPath: folder.file(name)))
            let refusal = try await failure { try await guarded.load(.pairs, .pairs(0..<5000)) }
            #expect(refusal.code == .badData)
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))) == bytes)
        }
        #expect(folder.names == [name])
        let all = try loader("csv: { file: '\(folder.file(name))', max_removed: 100% }")
        #expect(try await all.load(.pairs, .pairs(0..<1)) == LoadCounts(written: 1))
    }

    @Test func aListThatIsSplitFromNowOnIsComparedWithTheWholeOne() async throws {
        let file = "file: '\(folder.file("a.csv"))'"
        try await loader("csv: { \(file) }").load(.pairs, .pairs(0..<100))
        let split = "csv: { \(file), split_rows: 30, max_removed: 5% }"
        await #expect(throws: Failure.self) { try await loader(split).load(.pairs, .pairs(0..<50)) }
        #expect(folder.names == ["a.csv"])
        try await loader(split).load(.pairs, .pairs(0..<96))
        #expect(folder.names.count == 5)
    }
}
