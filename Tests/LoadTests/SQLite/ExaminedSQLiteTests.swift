import Foundation
import Records
import Stages
import TestSupport
import Testing

@testable import Load

/// SQLite files that are looked at and not opened for writing.
@Suite struct ExaminedSQLiteTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func load(_ settings: String = "table: pairs") throws -> any Loader {
        try loader("sqlite: { file: '\(folder.file("a.sqlite"))', \(settings) }")
    }

    /// A program that has the file open and does this in it, until it is told to end.
    private func holding(_ statements: String, _ test: () async throws -> Void) async throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1], isolation_level=None)
            base.executescript(sys.argv[2])
            print('ready', flush=True)
            sys.stdin.read()
            """
        process.arguments = ["python3", "-c", script, folder.file("a.sqlite"), statements]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        _ = output.fileHandleForReading.availableData
        do { try await test() } catch {
            try input.fileHandleForWriting.close()
            throw error
        }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Without the memory that all programs share to lock the file.
    private func contents() throws -> [String: Data] {
        Dictionary(
            uniqueKeysWithValues: try folder.names.map { name in
                (name, name.hasSuffix("-shm") ? Data() : try Data(contentsOf: URL(filePath: folder.file(name))))
            }
        )
    }

    @Test func aTableIsReadWithoutATrace() async throws {
        try await load().load(.pairs, .pairs(0..<3))
        let before = try contents()
        let found = try await load("table: pairs, history: true").examine()
        #expect(found.isReady, "\(found)")
        #expect(found.facts.contains("table pairs: 3 rows"), "\(found.facts)")
        #expect(found.facts.contains("table pairs_history will be created"))
        #expect(try contents() == before)
    }

    @Test func aFileWithAStrangeNameIsRead() async throws {
        let load = try loader("sqlite: { file: '\(folder.file("a?b #1%41.sqlite"))' }")
        try await load.load(.pairs, .pairs(0..<2))
        #expect(await load.examine().facts.contains("table pairs: 2 rows"))
        #expect(folder.names == ["a?b #1%41.sqlite"])
    }

    @Test(arguments: ["PRAGMA journal_mode = DELETE", "PRAGMA journal_mode = WAL"])
    func aFileThatAnotherProgramReadsIsReadToo(mode: String) async throws {
        try await holding(
            "\(mode); CREATE TABLE pairs (id text PRIMARY KEY, note text); INSERT INTO pairs VALUES (1, 2)"
        ) {
            let before = try contents()
            let found = try await load().examine()
            #expect(found.isReady && found.facts.contains("table pairs: 1 row"), "\(found)")
            #expect(try contents() == before)
        }
    }

    @Test(arguments: ["PRAGMA journal_mode = DELETE", "PRAGMA journal_mode = WAL"])
    func aLockMayPass(mode: String) async throws {
        try await holding("\(mode); CREATE TABLE pairs (id text PRIMARY KEY, note text); BEGIN IMMEDIATE") {
            let found = try await load().examine()
            let refusal = try #require(found.passing, "\(found)")
            #expect(refusal.code == .locked)
            #expect(
                refusal.message.hasPrefix("another program is writing to \(folder.file("a.sqlite"));"),
                "\(refusal)"
            )
        }
        #expect(try await load().examine().isReady)
    }

    @Test func whatAKilledProgramLeftIsLeftToTheLoad() async throws {
        // A copy of files in use is what a power cut leaves.
        try await holding("PRAGMA journal_mode = WAL; CREATE TABLE pairs (id text PRIMARY KEY, note text)") {
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: folder.file("a.sqlite\(suffix)"),
                    toPath: folder.file("b.sqlite\(suffix)")
                )
            }
        }
        let load = try loader("sqlite: { file: '\(folder.file("b.sqlite"))', table: pairs }")
        let before = try contents()
        let found = await load.examine()
        #expect(found.isReady, "\(found)")
        #expect(found.facts.contains("not closed by the program that wrote it last; the load looks at its tables"))
        #expect(try contents() == before)
        try await load.load(.pairs, .pairs(0..<1))
        #expect(await load.examine().facts.contains("table pairs: 1 row"))
    }

    @Test func aFileOfAnotherKindIsRefusedInTheLoadsWords() async throws {
        let text = Data(String(repeating: "no database", count: 100).utf8)
        #expect(FileManager.default.createFile(atPath: folder.file("a.sqlite"), contents: text))
        let refusal = try #require(try await load().examine().lasting)
        #expect(refusal.message.hasSuffix("file is not a database"), "\(refusal)")
        #expect(try await failure { try await load().load(.pairs) } == refusal)
        #expect(try contents() == ["a.sqlite": text])
    }

    @Test func theConditionOfOnlyIsCompiled() async throws {
        try await load().load(.pairs, .pairs(0..<1))
        let refusal = try #require(
            try await load("table: pairs, mode: replace, only: \"site = 'x'\"").examine().lasting
        )
        #expect(refusal.message.contains("no such column: site"), "\(refusal)")
        #expect(try await load("table: pairs, mode: replace, only: \"note = 'x'\"").examine().isReady)
    }
}
