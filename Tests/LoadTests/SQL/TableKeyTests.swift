import Records
import Stages
import Testing

/// Setting `key`: tables that tell rows apart by other columns than the dataset.
@Suite struct TableKeyTests {
    private static let tenants = Schema(
        "pairs",
        "",
        key: ["id"],
        [Field("id", .text, ""), Field("note", .text, ""), Field("tenant", .text, "")]
    )
    private static let keyless = Schema(
        "addresses",
        "",
        key: [],
        [Field("mac", .mac, ""), Field("note", .text, "")]
    )

    @Test(arguments: TestDatabase.Kind.allCases) func theTablesOwnKeyCounts(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (tenant text, id text, note text, PRIMARY KEY (tenant, id))")
        try await database.query("INSERT INTO pairs VALUES ('other', '1', 'theirs')")
        let load = try database.loader("key: [tenant, id]")
        #expect(
            try await load.load(Self.tenants, Batch([["1", "a", "acme"], ["2", "b", "acme"]]))
                == LoadCounts(written: 2)
        )
        #expect(
            try await load.load(Self.tenants, Batch([["1", "a", "acme"], ["2", "c", "acme"]]))
                == LoadCounts(written: 1, updated: 1, unchanged: 1)
        )
        #expect(
            try await database.query("SELECT * FROM pairs ORDER BY 1, 2")
                == [["acme", "1", "a"], ["acme", "2", "c"], ["other", "1", "theirs"]]
        )
        let refusal = try await failure { try await database.loader().load(Self.tenants) }
        #expect(refusal.message == "table pairs does not fit: it contains one id twice (1)")
    }

    @Test(arguments: TestDatabase.Kind.allCases) func listsWithoutAKeyCanBeMerged(kind: TestDatabase.Kind) async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("key: [mac], mode: merge")
        try await load.load(Self.keyless, Batch([["a4:83:e7:00:11:22", "a"], ["a4:83:e7:00:11:23", "b"]]))
        #expect(
            try await load.load(Self.keyless, Batch([["a4:83:e7:00:11:22", "c"]])) == LoadCounts(written: 1, updated: 1)
        )
        #expect(try await database.query("SELECT note FROM addresses ORDER BY mac") == [["c"], ["b"]])
    }

    @Test func aHashPartitionedTableIsBroughtUpToDate() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query(
            """
            CREATE TABLE pairs (tenant text, id text, note text, PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
            CREATE TABLE pairs_0 PARTITION OF pairs FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE pairs_1 PARTITION OF pairs FOR VALUES WITH (MODULUS 2, REMAINDER 1)
            """
        )
        let load = try database.loader("key: [tenant, id], history: true")
        let rows: [[TestValue]] = (0..<40).map { [.text("\($0)"), "a", .text("tenant \($0 % 8)")] }
        #expect(try await load.load(Self.tenants, Batch(rows), in: night(1)) == LoadCounts(written: 40))
        #expect(try await load.load(Self.tenants, Batch(rows), in: night(2)) == LoadCounts(unchanged: 40))
        #expect(try await database.query("SELECT count(DISTINCT tableoid) FROM pairs") == [["2"]])
    }

    @Test func whatCannotBeIsAProblemOfThePlan() throws {
        for stage in ["sqlite: { file: a.sqlite, ", "postgres: { url: 'postgresql:///x', "] {
            #expect(
                try problems("\(stage)key: [1️⃣zzz, id, 2️⃣id] }") == [
                    "1️⃣ no column 'zzz'; choose one of id, note", "2️⃣ 'id' is in the key twice",
                ]
            )
            #expect(try problems("\(stage)key: [] }") == ["1:1 key: names no column"])
            #expect(try problems("\(stage)key: [id] }", in: .pairs.withSource).count == 1)
            #expect(try problems("\(stage)key: [id, source] }", in: .pairs.withSource).isEmpty)
            #expect(try problems("\(stage)key: [mac], mode: merge }", in: Self.keyless).isEmpty)
        }
    }
}
