import Foundation
import Records
import Stages
import Testing

@testable import Load

/// The version before the last one.
@Suite struct PreviousVersionTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func load(_ name: String = "a.csv", _ settings: String = "") throws -> any Loader {
        try loader("csv: { file: '\(folder.file(name))', header: false, keep_previous: true\(settings) }")
    }

    private func inode(_ name: String) throws -> Int {
        try #require(
            FileManager.default.attributesOfItem(atPath: folder.file(name))[.systemFileNumber] as? Int
        )
    }

    @Test func aFirstFileHasNone() async throws {
        try await load().load(.pairs, .pairs(0..<1))
        #expect(folder.names == ["a.csv"])
    }

    @Test func theVersionThatIsReplacedStays() async throws {
        for number in 0..<3 { try await load().load(.pairs, .pairs(number..<number + 1)) }
        #expect(folder.names == ["a.csv", "a.csv.previous"])
        #expect(try folder.text("a.csv") == "1002,note\r\n")
        #expect(try folder.text("a.csv.previous") == "1001,note\r\n")
    }

    @Test func itIsTheOldFileItself() async throws {
        try await load().load(.pairs, .pairs(0..<1))
        let old = try inode("a.csv")
        try await load().load(.pairs, .pairs(1..<2))
        #expect(try inode("a.csv.previous") == old)
    }

    @Test func anUnchangedFileKeepsItsPreviousVersion() async throws {
        for number in [0, 1, 1] { try await load().load(.pairs, .pairs(number..<number + 1)) }
        #expect(try folder.text("a.csv.previous") == "1000,note\r\n")
    }

    @Test func aRollbackKeepsItToo() async throws {
        for number in [0, 1] { try await load().load(.pairs, .pairs(number..<number + 1)) }
        try await load().abandon(.pairs, .pairs(2..<3))
        #expect(try folder.text("a.csv") == "1001,note\r\n")
        #expect(try folder.text("a.csv.previous") == "1000,note\r\n")
    }

    @Test func itsNameEndsSoWhateverTheFileIs() async throws {
        for number in [0, 1] { try await load("a.csv.gz").load(.pairs, .pairs(number..<number + 1)) }
        #expect(folder.names == ["a.csv.gz", "a.csv.gz.previous"])
    }

    @Test func everyPartHasItsOwn() async throws {
        try await load("a.csv", ", split_rows: 1").load(.pairs, .pairs(0..<3))
        try await load("a.csv", ", split_rows: 1").load(.pairs, .pairs(0..<1), .pairs(5..<6))
        #expect(folder.names == ["a-001.csv", "a-002.csv", "a-002.csv.previous", "a-003.csv.previous"])
        #expect(try folder.text("a-002.csv.previous") == "1001,note\r\n")
        #expect(try folder.text("a-003.csv.previous") == "1002,note\r\n")
    }

    @Test func aRunThatWasKilledBetweenTheRenamesIsNoHindrance() async throws {
        try await load().load(.pairs, .pairs(0..<1))
        // As a kill leaves it: the previous version is the file that is still there.
        for link in ["a.csv.previous", ".a.csv.previous-link.axport"] {
            try FileManager.default.linkItem(atPath: folder.file("a.csv"), toPath: folder.file(link))
        }
        try await load().load(.pairs, .pairs(1..<2))
        #expect(folder.names == ["a.csv", "a.csv.previous"])
        #expect(try folder.text("a.csv.previous") == "1000,note\r\n")
        #expect(try folder.text("a.csv") == "1001,note\r\n")
    }

    @Test func itIsNoMoreReadableThanTheNewOne() async throws {
        try await load("a.csv", ", permissions: 0644").load(.pairs)
        try await load("a.csv", ", permissions: 0600").load(.pairs, .pairs(0..<1))
        #expect(try folder.mode("a.csv.previous") == 0o600)
    }

    @Test func whereLinksAreRefusedItIsACopy() async throws {
        try await load("a.csv", ", permissions: 0604").load(.pairs, .pairs(0..<40_000))
        try PreviousVersion.copy(FilePlace(folder.file("a.csv")), permissions: nil, for: "a.csv")
        #expect(FileManager.default.contentsEqual(atPath: folder.file("a.csv"), andPath: folder.file("a.csv.previous")))
        #expect(try folder.mode("a.csv.previous") == 0o604)
        #expect(try inode("a.csv.previous") != inode("a.csv"))
        #expect(folder.names == ["a.csv", "a.csv.previous"])
    }
}
