import Records
import Stages
import Testing

/// Tables that let devices into a network.
@Suite struct AllowlistTableTests {
    private func count(_ database: TestDatabase) async throws -> [[String?]] {
        try await database.query("SELECT count(*) FROM allowed")
    }

    @Test(arguments: TestDatabase.Kind.allCases) func addressesThatAreGoneAreDeleted(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.allowlist, .addresses(0..<20))
        let counts = try await database.loader().load(.allowlist, .addresses(2..<21))
        #expect(counts == LoadCounts(written: 1, unchanged: 18, retired: 2))
        #expect(try await count(database) == [["19"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func addressesOfDevicesThatLeftAreDeleted(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        var schema = Schema.allowlist
        schema.fields.append(Field("removed_at", .timestamp, ""))
        func rows(_ numbers: Range<Int>, isRemoved: Bool = false) -> Batch {
            Batch(
                numbers.map { [.text("a4:83:e7:00:11:\(10 + $0)"), "x", isRemoved ? .moment(9) : nil] },
                isRemoved: isRemoved
            )
        }
        try await database.loader().load(schema, rows(0..<5))
        let counts = try await database.loader().load(schema, rows(0..<3), rows(3..<6, isRemoved: true))
        #expect(counts == LoadCounts(unchanged: 3, retired: 2, filtered: 3))
        #expect(try await count(database) == [["3"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aListIsNeverEmptiedUnlessAllOfItMayGo(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.allowlist, .addresses(0..<3))
        let refusal = try await failure { try await database.loader("max_removed: 99%").load(.allowlist) }
        #expect(refusal.code == .badData)
        #expect(
            refusal.message == """
                refused to empty allowed, a list for network access control that has 3 rows; nothing was changed
                """
        )
        #expect(refusal.refusal == Refusal(3, of: 3, limit: "99%"))
        let left = Batch.addresses(0..<3, isRemoved: true)
        await #expect(throws: Failure.self) { try await database.loader().load(.allowlist, left) }
        #expect(try await count(database) == [["3"]])
        #expect(try await database.loader("max_removed: 100%").load(.allowlist) == LoadCounts(retired: 3))
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aMuchShorterListIsRefused(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.allowlist, .addresses(0..<300))
        await #expect(throws: Failure.self) { try await database.loader().load(.allowlist, .addresses(16..<300)) }
        #expect(try await count(database) == [["300"]])
        #expect(try await database.loader().load(.allowlist, .addresses(15..<300)).retired == 15)
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aListWithoutAKeyIsGuardedToo(kind: TestDatabase.Kind) async throws
    {
        let database = try await TestDatabase(kind)
        var keyless = Schema.allowlist
        keyless.key = []
        try await database.loader().load(keyless, .addresses(0..<300))
        await #expect(throws: Failure.self) { try await database.loader().load(keyless, .addresses(0..<284)) }
        await #expect(throws: Failure.self) { try await database.loader().load(keyless) }
        #expect(try await count(database) == [["300"]])
        #expect(
            try await database.loader().load(keyless, .addresses(0..<285)) == LoadCounts(unchanged: 285, retired: 15)
        )
        #expect(try await database.loader("max_removed: 100%").load(keyless) == LoadCounts(retired: 285))
        #expect(try await count(database) == [["0"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func mergeLeavesWhatIsGone(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: merge")
        try await load.load(.allowlist, .addresses(0..<5))
        #expect(try await load.load(.allowlist, .addresses(4..<6)) == LoadCounts(written: 1, unchanged: 1))
        #expect(try await count(database) == [["6"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aPartOfATableIsGuardedToo(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader(#"only: "owner = 'axport'""#)
        try await load.load(.allowlist, .addresses(0..<3))
        try await database.query("INSERT INTO allowed VALUES ('00:00:5e:00:53:01', 'Ann')")
        await #expect(throws: Failure.self) { try await load.load(.allowlist) }
        #expect(try await load.load(.allowlist, .addresses(1..<3)) == LoadCounts(unchanged: 2, retired: 1))
        #expect(try await count(database) == [["3"]])
    }
}
