import Foundation
import Records
import Stages
import Testing

/// Files that do not shrink unseen.
@Suite struct MaxRemovedTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    static let files = ["a.csv", "a.ndjson", "a.json", "a.csv.gz", "a.ndjson.zst", "a.json.gz"]

    private func load(_ file: String, _ settings: String = "") throws -> any Loader {
        let format = String(file.split(separator: ".")[1])
        return try loader("\(format): { file: '\(folder.file(file))'\(settings.isEmpty ? "" : ", ")\(settings) }")
    }

    private func bytes(_ file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.file(file))) }

    @Test(arguments: files) func aMuchShorterListIsRefused(file: String) async throws {
        try await load(file).load(.pairs, .pairs(0..<100))
        let old = try bytes(file)
        let refusal = try await failure { try await load(file, "max_removed: 10%").load(.pairs, .pairs(0..<89)) }
        #expect(refusal.code == .badData)
        #expect(
            refusal.message == """
                refused to publish \(folder.file(file)): 89 rows instead of 100, which is fewer by more than \
                max_removed: 10%; the old file stays
                """
        )
        #expect(refusal.refusal == Refusal(11, of: 100, limit: "10%"))
        #expect(try bytes(file) == old)
        #expect(folder.names == [file])
    }

    @Test(arguments: files) func theShareItselfMayGo(file: String) async throws {
        try await load(file).load(.pairs, .pairs(0..<100))
        let counts = try await load(file, "max_removed: 10%").load(.pairs, .pairs(0..<90))
        #expect(counts == LoadCounts(written: 90))
    }

    @Test(arguments: files) func anEmptyListIsRefused(file: String) async throws {
        try await load(file).load(.pairs, .pairs(0..<3))
        let old = try bytes(file)
        let refusal = try await failure { try await load(file, "max_removed: 99%").load(.pairs) }
        #expect(refusal.code == .badData)
        #expect(
            refusal.message
                == "refused to publish \(folder.file(file)): the list is empty; the old file stays"
        )
        #expect(refusal.refusal == Refusal(3, of: 3, limit: "99%"))
        #expect(try bytes(file) == old)
        #expect(folder.names == [file])
    }

    @Test(arguments: files) func anEmptyListIsRefusedAlsoAsTheFirst(file: String) async throws {
        let refusal = try await failure { try await load(file, "max_removed: 5%").load(.pairs) }
        #expect(refusal.code == .badData)
        #expect(refusal.message.hasSuffix("the list is empty; nothing was written"))
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: files) func aHundredPercentPublishesWhateverComes(file: String) async throws {
        try await load(file).load(.pairs, .pairs(0..<100))
        #expect(try await load(file, "max_removed: 100%").load(.pairs) == LoadCounts())
        #expect(try await load(file, "max_removed: 100%").load(.pairs, .pairs(0..<2)) == LoadCounts(written: 2))
    }

    @Test(arguments: files) func withoutTheSettingAFileShrinksFreely(file: String) async throws {
        try await load(file).load(.pairs, .pairs(0..<100))
        #expect(try await load(file).load(.pairs, .pairs(0..<1)) == LoadCounts(written: 1))
        #expect(try await load(file).load(.pairs) == LoadCounts())
    }

    @Test(arguments: files) func nothingMayGoAtZeroPercent(file: String) async throws {
        try await load(file).load(.pairs, .pairs(0..<3))
        await #expect(throws: Failure.self) { try await load(file, "max_removed: 0%").load(.pairs, .pairs(0..<2)) }
        #expect(try await load(file, "max_removed: 0%").load(.pairs, .pairs(1..<4)) == LoadCounts(written: 3))
        #expect(try await load(file, "max_removed: 0%").load(.pairs, .pairs(0..<9)) == LoadCounts(written: 9))
    }

    @Test(arguments: files) func anAllowlistIsGuardedUnasked(file: String) async throws {
        for (old, new, passes) in [(300, 285, true), (300, 284, false), (20, 10, true), (20, 9, false), (3, 0, false)] {
            try await load(file, "max_removed: 100%").load(.allowlist, .addresses(0..<old))
            if passes {
                #expect(try await load(file).load(.allowlist, .addresses(0..<new)) == LoadCounts(written: new))
            } else {
                let before = try bytes(file)
                let refusal = try await failure { try await load(file).load(.allowlist, .addresses(0..<new)) }
                #expect(refusal.code == .badData)
                #expect(try bytes(file) == before)
            }
        }
    }

    /// There would never be one before it to compare with.
    @Test(arguments: ["{date}", "{run}"]) func aGuardedFileKeepsItsName(part: String) throws {
        let place = SourceLocation(file: "test.axport.yaml", line: 1, column: 1)
        let error = #expect(throws: PlanError.self) {
            try load("a-\(part).csv", "max_removed: 5%").check(.pairs, at: place)
        }
        #expect(
            error?.diagnostics.first?.message.hasPrefix(
                "a file with max_removed is compared with its previous version, so its name must not contain"
            ) == true
        )
        try load("a-\(part).csv", "max_removed: 100%").check(.pairs, at: place)
        try load("a-\(part).csv").check(.pairs, at: place)
    }

    @Test func rowsThatAreLeftOutDoNotCount() async throws {
        try await load("a.csv").load(.pairs, .pairs(0..<10))
        var gone = Batch.pairs(9..<10)
        gone.isRemoved = true
        let guarded = try load("a.csv", "max_removed: 5%")
        await #expect(throws: Failure.self) { try await guarded.load(.pairs, .pairs(0..<9), gone) }
        let included = try load("a.csv", "max_removed: 5%, removed: include")
        #expect(try await included.load(.pairs, .pairs(0..<9), gone) == LoadCounts(unchanged: 10))
    }
}
