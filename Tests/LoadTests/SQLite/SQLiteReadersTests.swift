import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Programs that read a SQLite file while it is loaded.
@Suite struct SQLiteReadersTests {
    private let folder: TestFolder
    private let path: String
    init() throws {
        folder = try TestFolder()
        path = folder.file("a.sqlite")
    }

    private var load: any Loader { get throws { try loader("sqlite: { file: '\(path)' }") } }

    /// Another program with a transaction open, in which it looks whenever it gets a line.
    private final class Reader {
        private let process = Process()
        private let questions = Pipe()
        private let answers = Pipe()

        init(_ path: String) throws {
            let script = """
                import sqlite3, sys
                base = sqlite3.connect(sys.argv[1], isolation_level=None)
                base.execute("BEGIN")
                for line in sys.stdin:
                    if line == "end\\n": base.execute("COMMIT")
                    print(*base.execute("SELECT count(*), min(note), max(note) FROM pairs").fetchone(), flush=True)
                """
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script, path]
            process.standardInput = questions
            process.standardOutput = answers
            try process.run()
        }

        /// - Parameter question: `look`, or `end` to end the transaction first.
        func answer(_ question: String) throws -> String {
            try questions.fileHandleForWriting.write(contentsOf: Data("\(question)\n".utf8))
            var answer = Data()
            while answer.last != UInt8(ascii: "\n"), let byte = try answers.fileHandleForReading.read(upToCount: 1) {
                answer += byte
            }
            return String(decoding: answer, as: UTF8.self)
        }

        func close() throws {
            try questions.fileHandleForWriting.close()
            process.waitUntilExit()
        }
    }

    @Test func aReaderKeepsWhatItBeganWith() async throws {
        try await load.load(.pairs, .pairs(0..<500, note: "old"))
        let reader = try Reader(path)
        let first = try reader.answer("look")
        #expect(first == "500 old old\n")
        let began = ContinuousClock.now
        #expect(try await load.load(.pairs, .pairs(0..<2000, note: "new")) == LoadCounts(written: 2000, updated: 500))
        // A load that waited for the reader would have done so for half a minute.
        #expect(ContinuousClock.now - began < .seconds(20))
        let second = try reader.answer("look")
        #expect(second == "500 old old\n")
        let third = try reader.answer("end")
        #expect(third == "2000 new new\n")
        try reader.close()
    }

    @Test func whatSQLiteKeepsBesideTheFileHasItsMode() async throws {
        try await load.load(.pairs, .pairs(0..<5))
        let reader = try Reader(path)
        _ = try reader.answer("look")
        try await load.load(.pairs, .pairs(0..<5, note: "new"))
        #expect(folder.names == ["a.sqlite", "a.sqlite-shm", "a.sqlite-wal"])
        for name in folder.names { #expect(try folder.mode(name) == 0o640, "\(name)") }
        try reader.close()
    }
}
