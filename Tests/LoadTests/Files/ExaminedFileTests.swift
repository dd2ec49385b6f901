import Foundation
import Records
import Stages
import TestSupport
import Testing

/// What is found at the place of a file, without a trace of the search.
@Suite struct ExaminedFileTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func csv(_ name: String, _ settings: String = "header: true") throws -> any Loader {
        try loader("csv: { file: '\(folder.file(name))', \(settings) }")
    }

    private func make(_ name: String, _ text: String = "old") throws {
        #expect(FileManager.default.createFile(atPath: folder.file(name), contents: Data(text.utf8)))
    }

    /// Names and moments of all that is there, the folder itself too.
    private func traces() throws -> [String] {
        try ([""] + folder.names).map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            return "\(name) \(attributes[.systemFileNumber] ?? "") \(attributes[.modificationDate] ?? "")"
        }
    }

    @Test(arguments: ["header: true", "split_rows: 2, keep_previous: true, checksum: true, manifest: true"])
    func nothingIsTouched(settings: String) async throws {
        let load = try csv("a.csv", settings)
        for rows in [0..<0, 0..<5] {
            if !rows.isEmpty { try await load.load(.pairs, .pairs(rows)) }
            let before = try traces()
            let found = await load.examine()
            #expect(found.isReady, "\(found)")
            #expect(try traces() == before)
            #expect(found.facts.last?.hasSuffix(" free") == true, "\(found.facts)")
        }
        #expect(await load.examine().facts.first?.contains("a.csv: ") == true || settings != "header: true")
    }

    @Test func aMissingFolderIsNotMade() async throws {
        for load in [try csv("one/two/a.csv"), try loader("sqlite: { file: '\(folder.file("one/two/a.sqlite"))' }")] {
            let found = await load.examine()
            #expect(found.isReady, "\(found)")
            #expect(found.facts.first == "folder \(folder.path)/one will be created")
        }
        #expect(folder.names.isEmpty)
    }

    @Test func standardOutputIsReady() async throws {
        let found = try await loader("ndjson: { file: '-' }").examine()
        #expect(found.isReady && found.facts.first == "standard output", "\(found)")
    }

    /// Each name leads to something that cannot be replaced.
    private func obstacles() throws -> [String] {
        try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: true)
        try make("file")
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        for (name, target) in [("circle", "circle"), ("loose", "missing/a.csv"), ("stream", "/dev/stderr")] {
            try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: target)
        }
        return ["folder", "file/a.csv", "pipe", "circle", "loose", "stream"]
    }

    @Test func whatTheLoadRefusesIsFoundInItsWords() async throws {
        for name in try obstacles() {
            for load in [try csv(name), try loader("sqlite: { file: '\(folder.file(name))' }")] {
                let before = try traces()
                let refusal = try #require(await load.examine().lasting, "\(name)")
                #expect(try traces() == before, "\(name)")
                #expect(try await failure { try await load.load(.pairs) } == refusal, "\(name)")
            }
        }
    }

    @Test func theNameOfThePreviousVersionIsCheckedToo() async throws {
        try make("a.csv")
        try FileManager.default.createDirectory(
            atPath: folder.file("a.csv.previous"),
            withIntermediateDirectories: true
        )
        #expect(try await csv("a.csv").examine().isReady)
        let refusal = try #require(try await csv("a.csv", "keep_previous: true").examine().lasting)
        #expect(refusal.message.contains("a.csv.previous is not a regular file"), "\(refusal)")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root")) func anotherUsersFileInASharedFolderIsFound() async throws {
        try make("a.csv")
        try make("b.sqlite", "")
        for name in ["a.csv", "b.sqlite"] { #expect(chown(folder.file(name), 61_002, 61_002) == 0) }
        #expect(chmod(folder.path, 0o777) == 0)
        for load in [try csv("a.csv"), try loader("sqlite: { file: '\(folder.file("b.sqlite"))' }")] {
            let refusal = try #require(await load.examine().lasting)
            #expect(refusal.message.contains("belongs to another user (61002)"), "\(refusal)")
            #expect(try await failure { try await load.load(.pairs) } == refusal)
        }
    }
}
