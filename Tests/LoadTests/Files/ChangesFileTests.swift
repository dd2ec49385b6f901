import Foundation
import Records
import Stages
import Testing

@testable import Load

/// What consumers that only add are told of a list for network access control.
@Suite struct ChangesFileTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    static var addresses: Schema {
        var schema = Schema.pairs
        schema.isAllowlist = true
        schema.admitted = "id"
        return schema
    }

    private func load(
        _ rows: KeyValuePairs<String, TestValue>,
        _ settings: String = "",
        as format: String = "csv",
        in context: LoadContext = context
    ) async throws -> LoadCounts {
        try await loader(
            """
            \(format): { file: '\(folder.file("list.\(format)"))', changes_file: '\(folder.file("changes.\(format)"))' \
            \(settings.isEmpty ? "" : ", \(settings)") }
            """
        ).load(Self.addresses, Batch(rows.map { [.text($0.key), $0.value] }), in: context)
    }

    /// The rows of the file of changes; nil if there is none.
    private func told(_ format: String = "csv") throws -> [String]? {
        guard folder.names.contains("changes.\(format)") else { return nil }
        return try folder.text("changes.\(format)").split(whereSeparator: \.isNewline).map(String.init)
    }

    private func take(_ format: String = "csv") throws {
        try FileManager.default.moveItem(
            atPath: folder.file("changes.\(format)"),
            toPath: folder.file("taken-\(UUID().uuidString)")
        )
    }

    @Test func withoutAnOldListEveryRowIsNew() async throws {
        let counts = try await load(["a": "1", "b": "2"])
        #expect(try told() == ["change,id,note", "new,a,1", "new,b,2"])
        #expect(counts.notes == ["\(folder.file("changes.csv")): 2 new"])
        #expect(try folder.text("list.csv") == "id,note\r\na,1\r\nb,2\r\n")
    }

    @Test func whatIsNewChangedAndGoneIsToldSinceItWasTaken() async throws {
        _ = try await load(["a": "1", "b": "2", "c": "3"])
        try take()
        let counts = try await load(["a": "1", "b": "x", "d": "4"])
        #expect(try told() == ["change,id,note", "gone,c,3", "changed,b,x", "new,d,4"])
        #expect(counts.notes == ["\(folder.file("changes.csv")): 1 new, 1 changed, 1 gone"])
    }

    @Test func anotherLoadOfTheSameRowsLeavesTheFileAlone() async throws {
        _ = try await load(["a": "1", "b": "2"])
        let before = try FileManager.default.attributesOfItem(atPath: folder.file("changes.csv"))
        let counts = try await load(["a": "1", "b": "2"])
        let after = try FileManager.default.attributesOfItem(atPath: folder.file("changes.csv"))
        #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
        #expect(counts == LoadCounts(unchanged: 2))
        try take()
        _ = try await load(["a": "1", "b": "2"])
        #expect(try told() == nil)
    }

    @Test func whileNobodyTakesTheFileLaterChangesAreAddedToIt() async throws {
        _ = try await load(["a": "1", "b": "2", "c": "3"])
        try take()
        _ = try await load(["a": "1", "b": "x", "d": "4"])
        _ = try await load(["a": "1", "b": "x", "d": "5", "e": "6"])
        #expect(try told() == ["change,id,note", "gone,c,3", "changed,b,x", "new,d,5", "new,e,6"])
        // What came back is new, and what went again is gone, even for those who never had it.
        _ = try await load(["a": "1", "c": "3", "e": "6"])
        #expect(try told() == ["change,id,note", "gone,b,x", "gone,d,5", "new,c,3", "new,e,6"])
        _ = try await load(["a": "1", "c": "3", "e": "6"])
        #expect(try told() == ["change,id,note", "gone,b,x", "gone,d,5", "new,c,3", "new,e,6"])
    }

    @Test(arguments: ["ndjson", "json"]) func listsInJSONTellTheSame(format: String) async throws {
        _ = try await load(["a": "1", "b": "2"], as: format)
        try take(format)
        _ = try await load(["a": "x", "c": #"say "hi", twice"#], as: format)
        let rows = [
            #"{"change":"gone","id":"b","note":"2"}"#, #"{"change":"changed","id":"a","note":"x"}"#,
            #"{"change":"new","id":"c","note":"say \"hi\", twice"}"#,
        ]
        let framed = ["[", "\(rows[0]),", "\(rows[1]),", rows[2], "]"]
        #expect(try told(format) == (format == "json" ? framed : rows))
        _ = try await load(["a": "x", "c": #"say "hi", twice"#], as: format)
        #expect(try told(format) == (format == "json" ? framed : rows))
    }

    @Test func aDocumentOfValuesNamesTheColumn() async throws {
        var schema = Self.addresses
        schema.fields.removeLast()
        let list = try loader(
            """
            json: { file: '\(folder.file("list.json"))', changes_file: '\(folder.file("changes.json"))', \
            document: '{"macs": $rows}', elements: values }
            """
        )
        try await list.load(schema, Batch([["a"], ["b"]]))
        #expect(try told("json") == ["[", #"{"change":"new","id":"a"},"#, #"{"change":"new","id":"b"}"#, "]"])
        try await list.load(schema, Batch([["b"]]))
        #expect(try told("json") == ["[", #"{"change":"gone","id":"a"},"#, #"{"change":"new","id":"b"}"#, "]"])
    }

    @Test func quotedAndBrokenValuesStayWhatTheyAre() async throws {
        let note: TestValue = "a \"b\",\r\nc;"
        _ = try await load(["a": note, "b": "2"])
        try take()
        _ = try await load(["a": note, "c": note])
        #expect(try folder.text("changes.csv") == "change,id,note\r\ngone,b,2\r\nnew,c,\"a \"\"b\"\",\r\nc;\"\r\n")
        _ = try await load(["a": note, "c": note, "d": ""])
        #expect(
            try folder.text("changes.csv")
                == "change,id,note\r\ngone,b,2\r\nnew,c,\"a \"\"b\"\",\r\nc;\"\r\nnew,d,\"\"\r\n"
        )
    }

    @Test func listsOfOtherFormsAreComparedToo() async throws {
        for settings in [
            "header: false, delimiter: tab, quotes: never, line_ending: lf", "profile: excel, delimiter: ';'",
            "split_rows: 1", "keep_previous: true, checksum: true",
        ] {
            let own = try Self()
            _ = try await own.load(["a": "1", "b": "2", "c": "3"], settings)
            try own.take()
            _ = try await own.load(["a": "1", "c": "4"], settings)
            // Excel's identifiers are `="a"`, with their quotes doubled.
            let told = try #require(try own.told()).map { $0.replacing(/[;\t]/, with: ",").replacing(/["=]/, with: "") }
            #expect(told.suffix(2) == ["gone,b,2", "changed,c,4"], "\(settings)")
        }
    }

    @Test func compressedListsAndChangesAreComparedToo() async throws {
        let list = try loader(
            "csv: { file: '\(folder.file("list.csv.gz"))', changes_file: '\(folder.file("changes.csv.zst"))' }"
        )
        try await list.load(Self.addresses, Batch([["a", "1"], ["b", "2"]]))
        let counts = try await list.load(Self.addresses, Batch([["b", "2"]]))
        #expect(counts.notes == ["\(folder.file("changes.csv.zst")): 1 new, 1 gone"])
    }

    @Test func aNewColumnMakesNoRowGone() async throws {
        _ = try await load(["a": "1", "b": "2"])
        try take()
        var schema = Self.addresses
        schema.fields.insert(Field("more", .text, "More."), at: 0)
        try await loader("csv: { file: '\(folder.file("list.csv"))', changes_file: '\(folder.file("changes.csv"))' }")
            .load(schema, Batch([["x", "a", "1"], ["", "c", "3"]]))
        #expect(try told() == ["change,more,id,note", "gone,,b,2", "changed,x,a,1", "new,\"\",c,3"])
    }

    @Test func aRefusedListTellsNothing() async throws {
        _ = try await load(["a": "1", "b": "2"])
        try take()
        let refusal = try await failure { try await load([:]) }
        #expect(refusal.code == .badData && refusal.message.contains("the list is empty"), "\(refusal)")
        #expect(try told() == nil && folder.text("list.csv").contains("b,2"))
        #expect(!folder.names.contains { $0.hasPrefix(".") }, "\(folder.names)")
    }

    @Test func partOfTheDevicesIsNoList() async throws {
        _ = try await load(["a": "1", "b": "2"])
        let part = LoadContext(runID: "r", source: "acme", startedAt: context.startedAt, isPartial: true)
        let refusal = try await failure { try await load(["a": "1"], "max_removed: 100%", in: part) }
        #expect(refusal.message.contains("--limit"), "\(refusal)")
        #expect(try told() == ["change,id,note", "new,a,1", "new,b,2"])
        #expect(!folder.names.contains { $0.hasPrefix(".") }, "\(folder.names)")
    }

    @Test func aRehearsalWritesNothingAndSaysWhatItWould() async throws {
        _ = try await load(["a": "1", "b": "2"])
        try take()
        let list = try loader(
            "csv: { file: '\(folder.file("list.csv"))', changes_file: '\(folder.file("changes.csv"))' }"
        )
        let counts = try await list.rehearse(Self.addresses, Batch([["a", "1"]]), in: context)
        #expect(counts.changedFiles == [folder.file("list.csv"), folder.file("changes.csv")])
        #expect(counts.notes == ["\(folder.file("changes.csv")): 1 gone"])
        #expect(try told() == nil && folder.text("list.csv").contains("b,2"))
    }

    @Test func afterAKillBetweenTheTwoFilesTheSameIsToldAgain() async throws {
        _ = try await load(["a": "1", "b": "2"])
        try take()
        let old = try folder.text("list.csv")
        _ = try await load(["a": "1", "c": "3"])
        let changes = try told()
        try Data(old.utf8).write(to: URL(fileURLWithPath: folder.file("list.csv")))
        _ = try await load(["a": "1", "c": "3"])
        #expect(try told() == changes)
        // Nor does it tell what was never published.
        try Data(old.utf8).write(to: URL(fileURLWithPath: folder.file("list.csv")))
        _ = try await load(["a": "1", "b": "2"])
        #expect(try told() == ["change,id,note", "gone,c,3", "new,b,2"])
    }

    @Test func aFileThatIsNotOfTheseSettingsIsRefusedAndStays() async throws {
        _ = try await load(["a": "1", "b": "2"])
        for name in ["list.csv", "changes.csv"] {
            let own = try folder.text(name)
            try Data("something;else\r\n1;2\r\n".utf8).write(to: URL(fileURLWithPath: folder.file(name)))
            let refusal = try await failure { try await load(["a": "1", "b": "3"]) }
            #expect(refusal.message.contains("\(name) cannot be compared"), "\(refusal)")
            #expect(try folder.text(name).hasPrefix("something"))
            // As the advice says.
            #expect(refusal.advice?.hasPrefix("move it away") == true)
            try FileManager.default.removeItem(atPath: folder.file(name))
            _ = try await load(["a": "1", "b": "3"])
            try Data(own.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
        }
    }

    @Test func eachDayMayHaveAFileOfItsOwn() async throws {
        let list = try loader(
            "csv: { file: '\(folder.file("list.csv"))', changes_file: '\(folder.file("{source}-{date}.csv"))' }"
        )
        try await list.load(Self.addresses, Batch([["a", "1"]]), in: night(1))
        try await list.load(Self.addresses, Batch([["a", "1"], ["b", "2"]]), in: night(2))
        try await list.load(Self.addresses, Batch([["a", "1"], ["b", "2"], ["c", "3"]]), in: night(2))
        #expect(folder.names == ["acme_eu-2026-01-01.csv", "acme_eu-2026-01-02.csv", "list.csv"])
        #expect(try folder.text("acme_eu-2026-01-02.csv") == "change,id,note\r\nnew,b,2\r\nnew,c,3\r\n")
    }
}
