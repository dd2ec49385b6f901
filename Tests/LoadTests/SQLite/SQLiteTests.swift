import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite struct SQLiteTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private var load: any Loader { get throws { try loader("sqlite: { file: '\(folder.file("a.sqlite"))' }") } }

    private func query(_ sql: String) throws -> String {
        let run = try Program.run("/usr/bin/env", ["sqlite3", folder.file("a.sqlite"), sql])
        try #require(run.status == 0, "\(run.errors)")
        return run.output.trimmingCharacters(in: .newlines)
    }

    @Test func everyTypeHasOneForm() async throws {
        try await load.load(
            .types,
            Batch([
                [
                    "SN1", 256_000_000_000, 0.5, true, .moment(1_746_050_714), .day(20_208), "a4:83:e7:00:11:22",
                    #"["1","2"]"#, #"{"a":1}"#,
                ]
            ])
        )
        #expect(
            try query("SELECT * FROM types")
                == #"SN1|256000000000|0.5|1|2025-04-30T22:05:14.000Z|2025-04-30|a4:83:e7:00:11:22|["1","2"]|{"a":1}"#
        )
        #expect(
            try query("SELECT group_concat(typeof(id) || typeof(size) || typeof(share) || typeof(seen_at)) FROM types")
                == "textintegerrealtext"
        )
        #expect(try query(".schema").contains(#""size" INTEGER, -- A size."#))
    }

    @Test(arguments: ["pairs", "Pairs"]) func aViewIsNoTable(name: String) async throws {
        _ = try query("CREATE VIEW \(name) AS SELECT 'x' AS id, 'y' AS note")
        let refusal = try await failure { try await load.load(.pairs) }
        #expect(refusal.description == "pairs is not a table; load into a table with another name")
    }

    @Test func anUnchangedRowIsNotWritten() async throws {
        try await load.load(.pairs, Batch([["1", "one"], ["2", "two"]]))
        _ = try query(
            """
            CREATE TABLE log (id); CREATE TRIGGER t AFTER UPDATE ON pairs BEGIN INSERT INTO log VALUES (new.id); END
            """
        )
        try await load.load(.pairs, Batch([["1", "one"], ["2", "other"]]))
        #expect(try query("SELECT id FROM log") == "2")
    }

    @Test func aNewFileIsForItsGroupOnly() async throws {
        try await load.load(.pairs, Batch([["1", "one"]]))
        #expect(folder.names == ["a.sqlite"])
        #expect(try folder.mode("a.sqlite") == 0o640)
    }

    @Test func theFileCanBeReadMeanwhile() async throws {
        try await load.load(.pairs, Batch([["1", "one"]]))
        #expect(try query("PRAGMA journal_mode") == "wal")
    }

    @Test func severalTablesShareAFile() async throws {
        var pairs = try await load.open(.pairs, context)
        var fleet = try await load.open(.fleet, context)
        try await pairs.write(Batch([["1", "one"]]))
        try await fleet.write(Batch([["SN1", "RED", nil, nil]]))
        await pairs.rollback()
        #expect(try await fleet.commit() == LoadCounts(written: 1))
        #expect(try query("SELECT group_concat(name) FROM sqlite_master WHERE type = 'table'") == "fleet")
    }

    @Test func aFailureTakesTheNewFileBack() async throws {
        let refusal = try await failure { try await load.load(.pairs, Batch([["1", "a"], ["1", "b"]])) }
        #expect(refusal.code == .badData)
        #expect(folder.names.isEmpty)
    }

    @Test func aFileThatIsNoDatabaseIsLeftAlone() async throws {
        try Data(repeating: 65, count: 4096).write(to: URL(fileURLWithPath: folder.file("a.sqlite")))
        let refusal = try await failure { try await load.load(.pairs) }
        #expect(refusal.code == .destinationFailed)
        #expect(refusal.message.hasSuffix("a.sqlite: file is not a database"))
        #expect(try folder.text("a.sqlite").count == 4096)
    }

    @Test func aFolderThatCannotBeWrittenIsAClearFailure() async throws {
        try Data().write(to: URL(fileURLWithPath: folder.file("wall")))
        let load = try loader("sqlite: { file: '\(folder.file("wall/a.sqlite"))' }")
        let refusal = try await failure { try await load.load(.pairs) }
        #expect(refusal.message.hasSuffix("wall/a.sqlite: Not a directory"))
    }

    @Test func columnsWithNumbersForTextAreRefused() async throws {
        _ = try query("CREATE TABLE pairs (id NUMERIC PRIMARY KEY, note DATETIME)")
        let refusal = try await failure { try await load.load(.pairs) }
        #expect(refusal.message.hasSuffix("column id is NUMERIC, not TEXT, column note is DATETIME, not TEXT"))
    }

    @Test func aDatabaseHasNoSchemasAndNeedsAFile() async throws {
        await #expect(throws: PlanError.self) { try await loader("sqlite: { file: a, table: b.c }").load(.pairs) }
        await #expect(throws: PlanError.self) { try await loader("sqlite: { file: '-' }").load(.pairs) }
    }
}
