import Records
import Stages
import Testing

/// Rows of devices that left the organization, in every database.
@Suite struct RetiringTests {
    private static func devices(_ numbers: Range<Int>, removed: Bool = false) -> Batch {
        Batch(
            numbers.map { [.text("SN\(1000 + $0)"), "RED", .moment(60), removed ? .moment(120) : nil] },
            isRemoved: removed
        )
    }

    private func live(_ database: TestDatabase) async throws -> [[String?]] {
        try await database.query("SELECT count(*) FROM fleet WHERE removed_at IS NULL")
    }

    @Test(arguments: TestDatabase.Kind.allCases) func markIsTheDefaultWhereTheColumnIs(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.fleet, Self.devices(0..<3))
        let counts = try await database.loader().load(.fleet, Self.devices(0..<2), Self.devices(2..<3, removed: true))
        #expect(counts == LoadCounts(unchanged: 2, retired: 1))
        let marked = try await database.query("SELECT serial_number FROM fleet WHERE removed_at IS NOT NULL")
        #expect(marked == [["SN1002"]])
        let again = try await database.loader().load(.fleet, Self.devices(0..<2), Self.devices(2..<3, removed: true))
        #expect(again == LoadCounts(unchanged: 3))
        let returned = try await database.loader().load(.fleet, Self.devices(0..<3))
        #expect(returned == LoadCounts(written: 1, updated: 1, unchanged: 2))
        #expect(try await live(database) == [["3"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func markBringsInWhatLeftBeforeTheFirstLoad(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let counts = try await database.loader().load(.fleet, Self.devices(0..<1), Self.devices(1..<2, removed: true))
        #expect(counts == LoadCounts(written: 2))
    }

    @Test(arguments: TestDatabase.Kind.allCases) func deleteDeletes(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("removed: delete")
        try await load.load(.fleet, Self.devices(0..<3))
        let counts = try await load.load(.fleet, Self.devices(0..<2), Self.devices(2..<4, removed: true))
        #expect(counts == LoadCounts(unchanged: 2, retired: 1, filtered: 1))
        #expect(try await database.query("SELECT serial_number FROM fleet ORDER BY 1") == [["SN1000"], ["SN1001"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func keepLeavesRowsAsTheyWere(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("removed: keep")
        try await load.load(.fleet, Self.devices(0..<3))
        let counts = try await load.load(.fleet, Self.devices(0..<2), Self.devices(2..<4, removed: true))
        #expect(counts == LoadCounts(unchanged: 2, filtered: 2))
        #expect(try await live(database) == [["3"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["mark", "delete"])
    func retiringTooManyIsRefused(kind: TestDatabase.Kind, removed: String) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("removed: \(removed), max_removed: 5%")
        try await load.load(.fleet, Self.devices(0..<220))
        let refusal = try await failure {
            try await load.load(.fleet, Self.devices(12..<221), Self.devices(0..<12, removed: true))
        }
        #expect(refusal.code == .badData)
        #expect(refusal.message.hasPrefix("refused to retire 12 of 220 rows in fleet: more than max_removed: 5%"))
        #expect(try await live(database) == [["220"]])
        let allowed = try database.loader("removed: \(removed), max_removed: 6%")
        let counts = try await allowed.load(.fleet, Self.devices(12..<221), Self.devices(0..<12, removed: true))
        #expect(counts == LoadCounts(written: 1, unchanged: 208, retired: 12))
        #expect(try await live(database) == [["209"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func tenRowsMayAlwaysGo(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.fleet, Self.devices(0..<12))
        let counts = try await database.loader().load(.fleet, Self.devices(0..<10, removed: true))
        #expect(counts.retired == 10)
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["mark", "delete", "keep"])
    func aRunWithoutRowsRetiresNothing(kind: TestDatabase.Kind, removed: String) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("removed: \(removed)")
        try await load.load(.fleet, Self.devices(0..<3))
        #expect(try await load.load(.fleet) == LoadCounts())
        #expect(try await live(database) == [["3"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["mark", "delete"])
    func aRunOfOneSourceLeavesTheOthersAlone(kind: TestDatabase.Kind, removed: String) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("removed: \(removed), max_removed: 50%")
        func devices(_ source: String, _ numbers: Range<Int>, removed: Bool = false) -> Batch {
            Batch(
                numbers.map { [.text(source), .text("SN\($0)"), "RED", .moment(60), removed ? .moment(120) : nil] },
                isRemoved: removed
            )
        }
        try await load.load(.fleet.withSource, devices("acme", 0..<30), in: night(1, source: "acme"))
        try await load.load(.fleet.withSource, devices("other", 0..<90), in: night(1, source: "other"))
        try await database.watch("fleet", key: "source")
        let some = [devices("acme", 11..<30), devices("acme", 0..<11, removed: true)]
        let counts = try await load.load(.fleet.withSource, some[0], some[1], in: night(2, source: "acme"))
        #expect(counts == LoadCounts(unchanged: 19, retired: 11))
        #expect(try await Set(database.touched()) == ["acme"])
        // Of the source's own rows it is more than half, whatever the others have.
        let refusal = try await failure {
            try await load.load(
                .fleet.withSource,
                devices("acme", 11..<12),
                devices("acme", 12..<30, removed: true),
                in: night(3, source: "acme")
            )
        }
        #expect(refusal.message.contains("refused to retire 18 of 19 rows"))
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["mark", "delete"])
    func pipelinesThatShareATableLeaveEachOthersRowsAlone(kind: TestDatabase.Kind, removed: String) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("removed: \(removed)")
        // Each with one source, and the key of the dataset.
        let source = Field("source", .text, as: .identifier, "")
        let schema = Schema("fleet", "", key: ["serial_number"], [source] + Schema.fleet.fields)
        func devices(_ source: String, _ serials: [String], removed: Bool = false) -> Batch {
            Batch(
                serials.map { [.text(source), .text($0), "RED", .moment(60), removed ? .moment(120) : nil] },
                isRemoved: removed
            )
        }
        try await load.load(schema, devices("acme", ["A", "B"]), in: night(1, source: "acme"))
        // B went from one organization to the other.
        try await load.load(schema, devices("other", ["B", "C"]), in: night(1, source: "other"))
        let counts = try await load.load(
            schema,
            devices("acme", ["A"]),
            devices("acme", ["B"], removed: true),
            in: night(2, source: "acme")
        )
        #expect(counts == LoadCounts(unchanged: 1, filtered: 1))
        #expect(
            try await database.query("SELECT source, serial_number, removed_at FROM fleet ORDER BY 2")
                == [["acme", "A", nil], ["other", "B", nil], ["other", "C", nil]]
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func theLastRowIsNotDeletedUnlessAllMayGo(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("removed: delete, max_removed: 99%")
        try await load.load(.fleet, Self.devices(0..<8))
        let refusal = try await failure { try await load.load(.fleet, Self.devices(0..<8, removed: true)) }
        #expect(refusal.message == "refused to empty fleet, which has 8 rows; nothing was changed")
        #expect(try await live(database) == [["8"]])
        let all = try database.loader("removed: delete, max_removed: 100%")
        #expect(try await all.load(.fleet, Self.devices(0..<8, removed: true)) == LoadCounts(retired: 8))
    }

    @Test(arguments: TestDatabase.Kind.allCases) func markNeedsItsColumn(kind: TestDatabase.Kind) async throws {
        let load = try await TestDatabase(kind).loader("removed: mark")
        let error = await #expect(throws: PlanError.self) { try await load.load(.pairs) }
        #expect(error?.description.contains("removed: mark needs the column removed_at") == true)
    }
}
