import Foundation
import Records
import Stages
import Testing

@testable import Load

/// Modes that a pipeline file asks for.
@Suite struct PermissionsTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func csv(_ settings: String = "permissions: 0604") throws -> any Loader {
        try loader("csv: { file: '\(folder.file("a.csv"))', \(settings) }")
    }

    @Test func theModeAskedForIsTheMode() async throws {
        // More than any umask leaves, and not the mode of a file that nobody asks for.
        for mode in ["0664", "640", "'0600'", "0604"] {
            let folder = try TestFolder()
            try await loader("csv: { file: '\(folder.file("a.csv"))', permissions: \(mode) }").load(.pairs)
            #expect(try folder.mode("a.csv") == Int(mode.replacing("'", with: ""), radix: 8))
        }
    }

    @Test func itHoldsForAllFilesOfALoad() async throws {
        try await csv("permissions: 0604, split_rows: 2, checksum: true, manifest: true").load(.pairs, .pairs(0..<3))
        #expect(folder.names == ["a-001.csv", "a-002.csv", "a.csv.manifest.json", "a.csv.sha256"])
        for name in folder.names { #expect(try folder.mode(name) == 0o604, "\(name)") }
    }

    @Test func anOldFileGetsItToo() async throws {
        try await csv("permissions: 0664").load(.pairs)
        try await csv().load(.pairs, .pairs(0..<1))
        #expect(try folder.mode("a.csv") == 0o604)
    }

    @Test func alsoWhenNothingElseChanges() async throws {
        try await csv("permissions: 0664").load(.pairs, .pairs(0..<1))
        #expect(try await csv().load(.pairs, .pairs(0..<1)) == LoadCounts(unchanged: 1))
        #expect(try folder.mode("a.csv") == 0o604)
        #expect(folder.names == ["a.csv"])
    }

    @Test func modesThatNobodyCanMeanAreRefused() throws {
        for (mode, problem) in [
            ("0666", "mode 0666 would let every user change the file"),
            ("0440", "mode 0440 would deny access to the file's owner, the user who runs axport"),
            ("4755", "expected a mode in octal such as 0640"), ("0o640", "expected a mode in octal such as 0640"),
            ("rw-r-----", "expected a mode in octal such as 0640"), ("64", "expected a mode in octal such as 0640"),
            ("0689", "expected a mode in octal such as 0640"), ("+640", "expected a mode in octal such as 0640"),
        ] {
            #expect(try problems("ndjson: { file: a, permissions: 1️⃣\(mode) }") == ["1️⃣ \(problem)"])
        }
    }

    @Test func standardOutputTakesNoneOfTheFilesSettings() throws {
        let settings = "permissions: 0640, keep_previous: true, checksum: true, manifest: true"
        for format in ["csv", "ndjson", "json", "xlsx"] {
            let found = try problems("1️⃣\(format): { file: '-', \(settings) }")
            #expect(
                found
                    == ["permissions", "keep_previous", "checksum", "manifest"].map {
                        "1️⃣ \($0): standard output is not a file; name a file, or remove this setting"
                    }
            )
        }
    }
}
