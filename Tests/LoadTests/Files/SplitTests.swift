import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Lists that are split into files with a fixed number of rows.
@Suite struct SplitTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func load(_ settings: String = "split_rows: 10", name: String = "ids.csv") throws -> any Loader {
        let format = String(name.split(separator: ".")[1])
        return try loader("\(format): { file: '\(folder.file(name))', \(settings) }")
    }

    private func identities() throws -> [String: String] {
        var found: [String: String] = [:]
        for name in folder.names {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            found[name] = "\(attributes[.systemFileNumber] ?? "") \(attributes[.modificationDate] ?? "")"
        }
        return found
    }

    private func lines(_ number: Int) throws -> [String] {
        try folder.text("ids-00\(number).csv").components(separatedBy: "\r\n").dropLast()
    }

    @Test func everyPartIsAFileOfItsOwn() async throws {
        #expect(try await load().load(.pairs, .pairs(0..<25)) == LoadCounts(written: 25))
        #expect(folder.names == ["ids-001.csv", "ids-002.csv", "ids-003.csv"])
        #expect(try lines(1) == ["id,note"] + (1000..<1010).map { "\($0),note" })
        #expect(try lines(2) == ["id,note"] + (1010..<1020).map { "\($0),note" })
        #expect(try lines(3) == ["id,note"] + (1020..<1025).map { "\($0),note" })
    }

    @Test func partsThatAKilledLoadOfALongerListLeftAreRemoved() async throws {
        for name in [".ids-004.csv.axport", ".ids-012.csv.axport", ".ids-x.csv.axport", ".other-004.csv.axport"] {
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder.file(name)))
        }
        try await load().load(.pairs, .pairs(0..<25))
        #expect(
            folder.names.sorted() == [
                ".ids-x.csv.axport", ".other-004.csv.axport", "ids-001.csv", "ids-002.csv", "ids-003.csv",
            ]
        )
    }

    @Test func aFullLastPartIsFollowedByNone() async throws {
        try await load().load(.pairs, .pairs(0..<20))
        #expect(folder.names == ["ids-001.csv", "ids-002.csv"])
        #expect(try lines(2).count == 11)
    }

    @Test func batchesNeedNotFit() async throws {
        try await load("split_rows: 3, header: false").load(
            .pairs,
            .pairs(0..<1),
            .pairs(1..<3),
            .pairs(3..<4),
            .pairs(4..<11),
            .pairs(11..<11)
        )
        let parts = try (1...4).map { try lines($0).map { $0.prefix(4) } }
        #expect(
            parts == [
                ["1000", "1001", "1002"], ["1003", "1004", "1005"], ["1006", "1007", "1008"], ["1009", "1010"],
            ]
        )
        #expect(folder.names.count == 4)
    }

    @Test func noRowsAreOnePart() async throws {
        try await load().load(.pairs)
        #expect(folder.names == ["ids-001.csv"])
        #expect(try lines(1) == ["id,note"])
    }

    @Test func partsOfALongerListGo() async throws {
        try await load().load(.pairs, .pairs(0..<45))
        #expect(try await load().load(.pairs, .pairs(0..<20)) == LoadCounts(written: 20))
        #expect(folder.names == ["ids-001.csv", "ids-002.csv"])
    }

    @Test func anUnchangedListTouchesNoPart() async throws {
        try await load().load(.pairs, .pairs(0..<25))
        let before = try identities()
        #expect(try await load().load(.pairs, .pairs(0..<13), .pairs(13..<25)) == LoadCounts(unchanged: 25))
        #expect(try identities() == before)
    }

    @Test func onlyAPartThatDiffersIsReplaced() async throws {
        try await load().load(.pairs, .pairs(0..<25))
        let before = try identities()
        #expect(try await load().load(.pairs, .pairs(0..<26)) == LoadCounts(written: 26))
        let after = try identities()
        #expect(before.keys.filter { before[$0] != after[$0] } == ["ids-003.csv"])
    }

    @Test func aRollbackLeavesNothing() async throws {
        try await load(name: "out/ids.csv").abandon(.pairs, .pairs(0..<25))
        #expect(folder.names.isEmpty)
    }

    @Test func aRollbackLeavesTheOldParts() async throws {
        try await load().load(.pairs, .pairs(0..<35))
        let before = try identities()
        try await load().abandon(.pairs, .pairs(5..<10))
        #expect(try identities() == before)
    }

    @Test func aRefusedListLeavesTheOldParts() async throws {
        try await load().load(.pairs, .pairs(0..<35))
        let before = try identities()
        let guarded = try load("split_rows: 10, max_removed: 5%")
        let refusal = try await failure { try await guarded.load(.pairs, .pairs(0..<30)) }
        #expect(refusal.message.contains("30 rows instead of 35"))
        #expect(try identities() == before)
    }

    @Test(arguments: [
        ("ids.csv.gz", "ids-001.csv.gz"), ("a.b/ids.csv", "a.b/ids-001.csv"), (".ids.csv", ".ids-001.csv"),
    ])
    func theNumberStandsBeforeTheEnding(name: String, expected: String) async throws {
        try await loader("csv: { file: '\(folder.file(name))', split_rows: 2 }").load(.pairs)
        #expect(folder.names.last == expected)
    }

    @Test func everyPartIsADocument() async throws {
        try await load("split_rows: 2, document: '{\"ids\": $rows}'", name: "ids.json").load(.pairs, .pairs(0..<5))
        let script = "import json, sys; print([len(json.load(open(p))['ids']) for p in sys.argv[1:]])"
        let run = try Program.run("/usr/bin/env", ["python3", "-c", script] + folder.names.map(folder.file))
        #expect(run.output == "[2, 2, 1]\n", "\(run.errors)")
    }

    @Test func whatCannotBeSplitIsRefused() throws {
        #expect(try problems("csv: { file: a.csv, split_rows: 0 }") == ["1:1 split_rows must be 1 or more"])
        #expect(
            try problems("ndjson: { file: '-', split_rows: 5 }")
                == ["1:1 split_rows: standard output is not a file; name a file, or remove this setting"]
        )
    }
}
