import Foundation
import Records
import Stages
import Testing

/// Rows that a person accepted to lose: the guards count the others.
@Suite struct PermittedRemovalTests {
    private static func devices(_ numbers: Range<Int>, removed: Bool = false) -> Batch {
        Batch(
            numbers.map { [.text("SN\(1000 + $0)"), "RED", .moment(60), removed ? .moment(120) : nil] },
            isRemoved: removed
        )
    }

    private func load(_ loader: any Loader, _ schema: Schema, _ batches: [Batch], permitting permitted: Batch)
        async throws -> LoadCounts
    {
        try loader.check(schema, at: SourceLocation(file: "test.axport.yaml", line: 1, column: 1))
        var session = try await loader.open(schema, context)
        do {
            session.permit(permitted)
            return try await session.commit(batches)
        } catch {
            await session.rollback()
            throw error
        }
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["mark", "delete"])
    func aTableLosesWhatWasAcceptedAndIsGuardedForTheRest(kind: TestDatabase.Kind, removed: String) async throws {
        let database = try await TestDatabase(kind)
        let loader = try database.loader("removed: \(removed)")
        try await loader.load(.fleet, Self.devices(0..<220))
        let rows = [Self.devices(40..<220), Self.devices(0..<40, removed: true)]
        // Eleven others are one in twenty, and twelve are more.
        let refusal = try await failure {
            _ = try await load(loader, .fleet, rows, permitting: Self.devices(12..<40))
        }
        #expect(refusal.message.hasPrefix("refused to retire 40 of 220 rows in fleet: more than max_removed: 5%"))
        // Accepted devices that the table never had leave no room for others.
        await #expect(throws: Failure.self) {
            _ = try await load(loader, .fleet, rows, permitting: Self.devices(12..<90))
        }
        let counts = try await load(loader, .fleet, rows, permitting: Self.devices(11..<40))
        #expect(counts.retired == 40)
        let live = try await database.query("SELECT count(*) FROM fleet WHERE removed_at IS NULL")
        #expect(live == [["180"]])
        // Nothing of it is left in the database.
        let tables = kind == .sqlite ? "SELECT name FROM sqlite_master" : "SELECT relname FROM pg_class"
        #expect(try await !database.query(tables).joined().contains { $0?.contains("permitted") ?? false })
    }

    @Test(arguments: TestDatabase.Kind.allCases) func soDoesOneThatIsReplaced(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let loader = try database.loader("mode: replace")
        try await loader.load(.fleet, Self.devices(0..<220))
        await #expect(throws: Failure.self) {
            _ = try await load(loader, .fleet, [Self.devices(40..<230)], permitting: Self.devices(12..<40))
        }
        let counts = try await load(loader, .fleet, [Self.devices(40..<230)], permitting: Self.devices(11..<40))
        #expect(counts.retired == 40 && counts.written == 10)
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aListOfAddressesToo(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let loader = try database.loader()
        try await loader.load(.allowlist, .addresses(0..<300))
        await #expect(throws: Failure.self) {
            _ = try await load(loader, .allowlist, [.addresses(60..<300)], permitting: .addresses(16..<60))
        }
        _ = try await load(loader, .allowlist, [.addresses(60..<300)], permitting: .addresses(15..<60))
        // All of them, where all were accepted.
        _ = try await load(loader, .allowlist, [], permitting: .addresses(60..<300))
    }

    @Test(arguments: MaxRemovedTests.files) func aFileLosesWhatWasAccepted(file: String) async throws {
        let folder = try TestFolder()
        let format = String(file.split(separator: ".")[1])
        let loader = try loader("\(format): { file: '\(folder.file(file))' }")
        try await loader.load(.allowlist, .addresses(0..<300))
        let refusal = try await failure {
            _ = try await load(loader, .allowlist, [.addresses(60..<300)], permitting: .addresses(16..<60))
        }
        #expect(refusal.message.contains("240 rows instead of 300"))
        #expect(refusal.refusal == Refusal(60, of: 300, limit: "5%"))
        _ = try await load(loader, .allowlist, [.addresses(60..<300)], permitting: .addresses(15..<60))
        await #expect(throws: Failure.self) {
            _ = try await load(loader, .allowlist, [], permitting: .addresses(61..<300))
        }
        _ = try await load(loader, .allowlist, [], permitting: .addresses(60..<300))
    }
}
