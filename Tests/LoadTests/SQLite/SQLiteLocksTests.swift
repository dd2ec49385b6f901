import Foundation
import Records
import Stages
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What one load has locked in a file stays locked while other loads of the same command look at it.
@Suite struct SQLiteLocksTests {
    private let folder: TestFolder
    private let path: String
    init() throws {
        folder = try TestFolder()
        path = folder.file("a.sqlite")
    }

    private func load(_ table: String) throws -> any Loader {
        try loader("sqlite: { file: '\(path)', table: \(table) }")
    }

    /// What another program says to these statements.
    private func another(_ sql: String) throws -> String {
        let run = try Program.run("/usr/bin/env", ["sqlite3", path, sql])
        return (run.output + run.errors).trimmingCharacters(in: .newlines)
    }

    private enum Look: CaseIterable { case examination, load, both }

    @Test(arguments: Look.allCases) private func nobodyWritesBetween(look: Look) async throws {
        try await load("older").load(.pairs, .pairs(0..<5))
        // It holds the file from here on.
        var first = try await load("first").open(.pairs, context)
        try await first.write(.pairs(0..<1000))
        if look != .load { _ = try await load("second").examine() }
        var second = look == .examination ? nil : try await load("second").open(.pairs, context)
        #expect(try another("BEGIN IMMEDIATE; DELETE FROM older; COMMIT").contains("database is locked"))
        // A program that closes the file as the last one empties and removes the log.
        #expect(try another("SELECT count(*) FROM older") == "5")
        #expect(FileManager.default.fileExists(atPath: path + "-wal"))
        try await second?.write(.pairs(0..<10))
        #expect(try await first.commit().written == 1000)
        #expect(try await second?.commit().written ?? 10 == 10)
        #expect(try another("SELECT count(*) FROM first") == "1000")
        #expect(try another("PRAGMA integrity_check") == "ok")
    }

    /// How many descriptors of the file this process has.
    private var descriptors: Int {
        var file = stat()
        guard stat(path, &file) == 0 else { return 0 }
        return (0..<Int32(1024)).count { number in
            var found = stat()
            return fstat(number, &found) == 0 && found.st_dev == file.st_dev && found.st_ino == file.st_ino
        }
    }

    private func loadBesideLooks() async throws {
        _ = try await load("second").examine()
        var first = try await load("first").open(.pairs, context)
        try await first.write(.pairs(0..<10))
        _ = try await load("second").examine()
        #expect(try await first.commit().written == 10)
    }

    @Test func nothingStaysOpenAfterTheLoads() async throws {
        try await load("older").load(.pairs, .pairs(0..<5))
        _ = try await load("second").examine()
        #expect(descriptors == 0)
        try await loadBesideLooks()
        #expect(descriptors == 0)
    }
}
