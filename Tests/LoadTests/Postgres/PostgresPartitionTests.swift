import Records
import Stages
import TestSupport
import Testing

/// Tables that the database keeps in several parts.
@Suite struct PostgresPartitionTests {
    private let database: TestDatabase
    init() async throws { database = try await TestDatabase(.postgres) }

    /// Devices of one of several organizations.
    private static let fleets: Schema = {
        var schema = Schema.fleet
        schema.fields.insert(Field("tenant", .text, as: .identifier, "Organization."), at: 0)
        return Schema("fleets", "Devices of a test.", key: ["tenant", "serial_number"], schema.fields)
    }()

    static let layouts = [
        """
        CREATE TABLE fleets (tenant text, serial_number text, color text, last_seen_at timestamptz,
            removed_at timestamptz, owner text, PRIMARY KEY (tenant, serial_number)) PARTITION BY HASH (serial_number);
        CREATE TABLE fleets_0 PARTITION OF fleets FOR VALUES WITH (MODULUS 3, REMAINDER 0);
        CREATE TABLE fleets_1 PARTITION OF fleets FOR VALUES WITH (MODULUS 3, REMAINDER 1);
        CREATE TABLE fleets_2 PARTITION OF fleets FOR VALUES WITH (MODULUS 3, REMAINDER 2)
        """,
        """
        CREATE TABLE fleets (owner text, removed_at timestamptz, tenant text, serial_number text, color text,
            last_seen_at timestamptz, PRIMARY KEY (tenant, serial_number)) PARTITION BY LIST (tenant);
        CREATE TABLE fleets_acme (serial_number text NOT NULL, tenant text NOT NULL, color text, owner text,
            removed_at timestamptz, last_seen_at timestamptz);
        ALTER TABLE fleets ATTACH PARTITION fleets_acme FOR VALUES IN ('acme');
        CREATE TABLE fleets_rest PARTITION OF fleets DEFAULT PARTITION BY HASH (tenant, serial_number);
        CREATE TABLE fleets_rest_0 PARTITION OF fleets_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE fleets_rest_1 PARTITION OF fleets_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1)
        """,
    ]

    private func batch(_ numbers: Range<Int>, _ color: (Int) -> String, seen: Int64, isRemoved: Bool = false) -> Batch {
        Batch(
            numbers.map { number in
                [
                    number.isMultiple(of: 2) ? "acme" : "hill", .text("C\(1000 + number)"), .text(color(number)),
                    .moment(seen), isRemoved ? .moment(seen) : .null,
                ]
            },
            isRemoved: isRemoved
        )
    }

    /// Bytes of write-ahead log so far, with what waits in memory.
    private func log() async throws -> Int {
        let position = try await database.query("SELECT pg_current_wal_insert_lsn() - '0/0'")
        return try #require(position.first?.first.flatMap { $0.flatMap { Int($0) } })
    }

    @Test(arguments: layouts) func areLoadedLikeOne(layout: String) async throws {
        try await database.query(layout)
        let load = try database.loader()
        let first = batch(0..<400, { _ in "RED" }, seen: 1)
        #expect(try await load.load(Self.fleets, first) == LoadCounts(written: 400))
        #expect(try await database.query("SELECT count(DISTINCT tableoid) > 1 FROM fleets") == [["t"]])
        try await database.query("UPDATE fleets SET owner = 'Ann' WHERE serial_number = 'C1007'")

        let versions = "SELECT tableoid, ctid, xmin, xmax, serial_number FROM fleets ORDER BY serial_number"
        let before = try await database.query(versions)
        let again = batch(0..<400, { _ in "RED" }, seen: 2)
        #expect(try await load.load(Self.fleets, again) == LoadCounts(unchanged: 400))
        #expect(try await database.query(versions) == before)

        let changed = batch(0..<400, { $0 % 100 == 7 ? "BLUE" : "RED" }, seen: 3)
        #expect(try await load.load(Self.fleets, changed) == LoadCounts(written: 4, updated: 4, unchanged: 396))
        let after = try await database.query(versions)
        #expect(zip(before, after).count { $0 != $1 } == 4)
        #expect(
            try await database.query("SELECT color, owner FROM fleets WHERE owner IS NOT NULL") == [["BLUE", "Ann"]]
        )

        let left = batch(0..<3, { _ in "RED" }, seen: 4, isRemoved: true)
        let kept = batch(3..<400, { $0 % 100 == 7 ? "BLUE" : "RED" }, seen: 4)
        #expect(try await load.load(Self.fleets, kept, left) == LoadCounts(unchanged: 397, retired: 3))
        #expect(try await database.query("SELECT count(*) FROM fleets WHERE removed_at IS NOT NULL") == [["3"]])
        #expect(
            try await database.loader("removed: delete").load(Self.fleets, kept, left)
                == LoadCounts(unchanged: 397, retired: 3)
        )
        #expect(try await database.query("SELECT count(*) FROM fleets") == [["397"]])
        #expect(
            try await database.loader("mode: replace").load(Self.fleets, batch(3..<395, { _ in "RED" }, seen: 5))
                == LoadCounts(written: 4, updated: 4, unchanged: 388, retired: 5)
        )
    }

    /// What an identical load leaves in the log has to do with its temporary tables, not with the rows. The log is that
    /// of the whole server, to which other tests write, so the least of several loads counts.
    @Test func anIdenticalLoadWritesNoRowsToTheLog() async throws {
        try await database.query(Self.layouts[0])
        let load = try database.loader()
        let rows = batch(0..<4000, { _ in "RED" }, seen: 1)
        let start = try await log()
        try await load.load(Self.fleets, rows)
        let loaded = try await log()
        #expect(loaded - start > 400_000)
        var least = Int.max
        for _ in 0..<5 {
            let before = try await log()
            try await load.load(Self.fleets, rows)
            least = min(least, try await log() - before)
        }
        #expect(least < 40_000, "\(least) bytes instead of \(loaded - start)")
    }

    @Test func aRowThatBelongsToNoPartIsNamed() async throws {
        try await database.query(
            """
            CREATE TABLE pairs (id text PRIMARY KEY, note text) PARTITION BY RANGE (id);
            CREATE TABLE pairs_low PARTITION OF pairs FOR VALUES FROM ('0') TO ('5')
            """
        )
        let refusal = try await failure {
            try await database.loader().load(.pairs, Batch([["1", "one"], ["7", "seven"]]))
        }
        #expect(
            refusal.message.hasPrefix(
                "table pairs does not accept the row of id 7: it belongs to no partition of pairs; "
            ),
            "\(refusal)"
        )
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["0"]])
    }

    /// As a distributed table has it: the key of the rows alone does not tell the table's rows apart.
    @Test func aKeyWithAFurtherColumnIsExplained() async throws {
        try await database.query(
            """
            CREATE TABLE pairs (tenant int DEFAULT 1, id text, note text, PRIMARY KEY (tenant, id))
                PARTITION BY HASH (tenant);
            CREATE TABLE pairs_0 PARTITION OF pairs FOR VALUES WITH (MODULUS 1, REMAINDER 0)
            """
        )
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "one"]])) }
        #expect(refusal.message == "table pairs does not fit: it may contain one id twice")
    }
}
