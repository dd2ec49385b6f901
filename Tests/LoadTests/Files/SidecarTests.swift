import Foundation
import Records
import Stages
import TestSupport
import Testing

@testable import Load

/// Checksums and manifests.
@Suite struct SidecarTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private static let both = "checksum: true, manifest: true"

    private func load(_ name: String = "a.csv", _ settings: String = both) throws -> any Loader {
        let format = String(name.split(separator: "/").last?.split(separator: ".")[1] ?? "")
        return try loader("\(format): { file: '\(folder.file(name))', \(settings) }")
    }

    /// What sha256sum(1) says in the folder of a list.
    private func verify(_ list: String) throws -> String {
        let run = try Program.run("/bin/sh", ["-c", "cd \"$0\" && sha256sum -c \"$1\"", folder.path, list])
        return run.status == 0 ? run.output : "failed: \(run.output)\(run.errors)"
    }

    private func manifest(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func identity(_ name: String) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
        return "\(attributes[.systemFileNumber] ?? "") \(attributes[.modificationDate] ?? "")"
    }

    @Test(arguments: ["a.csv", "a.ndjson.gz", "a.json.zst", "a.csv.x y"])
    func sha256sumVerifiesTheFile(name: String) async throws {
        try await load(name).load(.pairs, .pairs(0..<30_000))
        #expect(try verify("\(name).sha256") == "\(name): OK\n")
        try await load(name).load(.pairs, .pairs(0..<2))
        #expect(try verify("\(name).sha256") == "\(name): OK\n")
        #expect(folder.names == [name, "\(name).manifest.json", "\(name).sha256"])
    }

    @Test func aNameWithABackslashIsEscaped() async throws {
        try await load("a\\b.csv", "checksum: true").load(.pairs)
        #expect(try folder.text("a\\b.csv.sha256").hasPrefix("\\"))
        #expect(try !verify("a\\b.csv.sha256").hasPrefix("failed"))
    }

    @Test func oneListHasOneChecksumFile() async throws {
        try await load("a.csv", "split_rows: 2, checksum: true").load(.pairs, .pairs(0..<5))
        #expect(try verify("a.csv.sha256") == "a-001.csv: OK\na-002.csv: OK\na-003.csv: OK\n")
        try await load("a.csv", "split_rows: 2, checksum: true").load(.pairs, .pairs(1..<2))
        #expect(try verify("a.csv.sha256") == "a-001.csv: OK\n")
    }

    @Test func theManifestTellsOfEveryFile() async throws {
        try await load("a.csv", "split_rows: 2, header: false, \(Self.both)").load(.pairs, .pairs(0..<3))
        let sums = try folder.text("a.csv.sha256").split(separator: "\n").map { String($0.prefix(64)) }
        let expected: [String: Any] = [
            "dataset": "pairs", "source": "acme/eu", "run": "run-7", "started_at": "2025-12-31T23:59:59.000Z",
            "rows": 3,
            "columns": [["name": "id", "type": "text"], ["name": "note", "type": "text"]],
            "files": [
                ["name": "a-001.csv", "rows": 2, "bytes": 22, "sha256": sums[0]],
                ["name": "a-002.csv", "rows": 1, "bytes": 11, "sha256": sums[1]],
            ],
        ]
        #expect(try NSDictionary(dictionary: manifest("a.csv.manifest.json")) == NSDictionary(dictionary: expected))
    }

    @Test func theManifestCountsTheBytesOfTheFileAsItIs() async throws {
        try await load("a.csv.gz").load(.pairs, .pairs(0..<5000))
        let files = try #require(manifest("a.csv.gz.manifest.json")["files"] as? [[String: Any]])
        let size = try FileManager.default.attributesOfItem(atPath: folder.file("a.csv.gz"))[.size] as? Int
        #expect(files.first?["bytes"] as? Int == size)
        #expect(files.first?["rows"] as? Int == 5000)
    }

    @Test func anotherRunOfTheSameRowsTouchesNothing() async throws {
        try await load().load(.pairs, .pairs(0..<3))
        let before = try folder.names.map(identity)
        let later = LoadContext(
            runID: "run-8",
            source: context.source,
            startedAt: Timestamp(seconds: 1_800_000_000)
        )
        var session = try await load().open(.pairs, later)
        try await session.write(.pairs(0..<3))
        #expect(try await session.commit().ofRows == LoadCounts(unchanged: 3))
        #expect(try folder.names.map(identity) == before)
        #expect(folder.names == ["a.csv", "a.csv.manifest.json", "a.csv.sha256"])
    }

    @Test(arguments: ["a.csv.sha256", "a.csv.manifest.json"])
    func oneThatIsMissingOrWrongIsPutRight(name: String) async throws {
        try await load().load(.pairs, .pairs(0..<3))
        let right = try folder.text(name)
        for text in [nil, "{}", right.replacing("0", with: "1")] {
            try FileManager.default.removeItem(atPath: folder.file(name))
            try text.map { try Data($0.utf8).write(to: URL(fileURLWithPath: folder.file(name))) }
            #expect(try await load().load(.pairs, .pairs(0..<3)) == LoadCounts(unchanged: 3))
            #expect(try folder.text(name) == right)
        }
    }

    @Test func otherColumnsAreAnotherManifest() async throws {
        try await load("a.csv", "header: false, manifest: true").load(.pairs)
        var renamed = Schema.pairs
        renamed.fields[1].name = "remark"
        try await load("a.csv", "header: false, manifest: true").load(renamed)
        #expect(try folder.text("a.csv.manifest.json").contains("remark"))
    }

    @Test func aRefusedListLeavesThemAlone() async throws {
        try await load().load(.pairs, .pairs(0..<9))
        let before = try folder.names.map(identity)
        let guarded = try load("a.csv", "max_removed: 5%, \(Self.both)")
        await #expect(throws: Failure.self) { try await guarded.load(.pairs, .pairs(0..<3)) }
        #expect(try folder.names.map(identity) == before)
    }

    @Test func aRollbackLeavesNothing() async throws {
        try await load("out/a.csv").abandon(.pairs, .pairs(0..<3))
        #expect(folder.names.isEmpty)
    }

    @Test func whoCannotWriteThemLeavesTheFileAlone() async throws {
        try await load("a.csv", "checksum: false").load(.pairs)
        try FileManager.default.createDirectory(
            atPath: folder.file("a.csv.manifest.json"),
            withIntermediateDirectories: false
        )
        let refusal = try await failure { try await load().load(.pairs, .pairs(0..<3)) }
        #expect(
            refusal.message.hasSuffix("a.csv.manifest.json is not a regular file, so it cannot be replaced as a whole")
        )
        #expect(try folder.text("a.csv") == "id,note\r\n")
        #expect(folder.names == ["a.csv", "a.csv.manifest.json"])
    }

    @Test(arguments: ["", ", split_rows: 2"]) func whatIsNoLongerAskedForGoesWithItsFile(split: String) async throws {
        let (with, without) = (try load("a.csv", Self.both + split), try load("a.csv", "header: true\(split)"))
        try await with.load(.pairs, .pairs(0..<3))
        let before = folder.names
        // It is still true.
        try await without.load(.pairs, .pairs(0..<3))
        #expect(folder.names == before)
        let guarded = try load("a.csv", "max_removed: 1%\(split)")
        _ = try await failure { try await guarded.load(.pairs, .pairs(0..<1)) }
        #expect(folder.names == before)
        try await without.load(.pairs, .pairs(0..<1))
        #expect(folder.names == [split.isEmpty ? "a.csv" : "a-001.csv"])
    }

    @Test func eachOfThemGoesAlone() async throws {
        try await load().load(.pairs, .pairs(0..<3))
        try await load("a.csv", "checksum: true").load(.pairs, .pairs(0..<2))
        #expect(folder.names == ["a.csv", "a.csv.sha256"])
        try await load("a.csv", "manifest: true").load(.pairs, .pairs(0..<1))
        #expect(folder.names == ["a.csv", "a.csv.manifest.json"])
    }

    @Test func whatIsNotOursBeyondDoubtStays() async throws {
        let sum = String(repeating: "0", count: 64)
        let manifest =
            #"{"columns":[],"dataset":"x","files":[{"bytes":1,"name":"b.csv","rows":1,"sha256":""}],"#
            + #""rows":1,"run":"r","source":"s","started_at":"t"}"#
        for (name, text) in [
            ("a.csv.sha256", "\(sum)  b.csv\n"), ("a.csv.sha256", "\(sum)  a.csv\n\(sum)  b.csv\n"),
            ("a.csv.sha256", "\(sum) *a.csv\n"), ("a.csv.sha256", "SHA256 (a.csv) = \(sum)\n"), ("a.csv.sha256", ""),
            ("a.csv.manifest.json", "{}"), ("a.csv.manifest.json", #"{"name":"a.csv"}"#),
            ("a.csv.manifest.json", manifest),
        ] {
            let folder = try TestFolder()
            let load = try loader("csv: { file: '\(folder.file("a.csv"))' }")
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
            try await load.load(.pairs)
            #expect(try folder.text(name) == text)
        }
    }

    @Test func theyStandBesideTheNameThatIsGiven() async throws {
        try await load("deep/a.csv", "header: true").load(.pairs)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link.csv"),
            withDestinationPath: folder.file("deep/a.csv")
        )
        try await load("link.csv").load(.pairs, .pairs(0..<3))
        #expect(
            folder.names == ["deep", "deep/a.csv", "link.csv", "link.csv.manifest.json", "link.csv.sha256"]
        )
        #expect(try verify("link.csv.sha256") == "link.csv: OK\n")
    }

    @Test func twoLoadsOfOneListAreRefusedWhileTheFirstWrites() async throws {
        var first = try await load().open(.pairs, context)
        #expect(try await failure { try await load().open(.pairs, context) }.code == .locked)
        try await first.write(.pairs(0..<1))
        #expect(try await first.commit().ofRows == LoadCounts(written: 1))
        #expect(try verify("a.csv.sha256") == "a.csv: OK\n")
    }
}
