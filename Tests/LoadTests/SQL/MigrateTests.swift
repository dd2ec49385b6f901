import Records
import Stages
import TestSupport
import Testing

/// Setting `migrate`: columns that a table lacks are added with the rows.
@Suite struct MigrateTests {
    private static let narrow = Schema("types", "", key: ["id"], [Field("id", .text, "")])

    private func columns(_ database: TestDatabase, _ table: String = "types") async throws -> [String?] {
        try await database.query("SELECT * FROM \(table) LIMIT 1").first ?? []
    }

    @Test(arguments: TestDatabase.Kind.allCases) func missingColumnsAreAdded(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader().load(Self.narrow, Batch([["A"], ["B"]]))
        let row: [TestValue] = [
            "A", 5, 0.5, true, .moment(0), .day(0), "a4:83:e7:00:11:22", #"["1"]"#, #"{"a":1}"#,
        ]
        let empty: [TestValue] = ["B"] + Array(repeating: nil, count: 8)
        let load = try database.loader("migrate: true")
        #expect(
            try await load.load(.types, Batch([row, empty])) == LoadCounts(written: 1, updated: 1, unchanged: 1)
        )
        #expect(try await columns(database).count == 9)
        #expect(try await load.load(.types, Batch([row, empty])) == LoadCounts(unchanged: 2))
        #expect(try await database.loader().load(.types, Batch([row, empty])) == LoadCounts(unchanged: 2))
    }

    @Test func addedColumnsHaveTypesAndComments() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.loader("history: true").load(Self.narrow, Batch([["A"]]), in: night(1))
        try await database.loader("migrate: true, history: true").load(.types, in: night(2))
        for table in ["types", "types_history"] {
            let found = try await database.query(
                """
                SELECT format_type(atttypid, atttypmod), col_description(attrelid, attnum) FROM pg_attribute
                WHERE attrelid = '\(table)'::regclass AND attname = 'extra'
                """
            )
            #expect(found == [["jsonb", "Anything else, it's said."]])
        }
    }

    @Test(arguments: TestDatabase.Kind.allCases) func theHistoryGrowsToo(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let narrow = Schema("pairs", "", key: ["id"], [Field("id", .text, "")])
        let load = try database.loader("history: true, migrate: true")
        try await load.load(narrow, Batch([["1"], ["2"]]), in: night(1))
        try await load.load(.pairs, Batch([["1", "a"], ["2", nil]]), in: night(2))
        #expect(
            try await database.query(
                "SELECT id, note, valid_to IS NULL FROM pairs_history ORDER BY id, valid_from"
            ).map { $0.prefix(2) } == [["1", nil], ["1", "a"], ["2", nil]]
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aFailedLoadTakesTheColumnBack(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (id text PRIMARY KEY CHECK (id <> 'bad'))")
        try await database.query("INSERT INTO pairs VALUES ('1')")
        let load = try database.loader("migrate: true")
        let refusal = try await failure { try await load.load(.pairs, Batch([["1", "a"], ["bad", "b"]])) }
        #expect(refusal.code == .destinationFailed)
        #expect(try await columns(database, "pairs") == ["1"])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func columnsOfAnotherTypeAreLeftAlone(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE types (id text PRIMARY KEY, share integer)")
        let refusal = try await failure { try await database.loader("migrate: true").load(.types) }
        #expect(refusal.message.hasPrefix("table types does not fit: column share is "))
        #expect(!refusal.message.contains("no column"))
    }

    @Test func onlyTheOwnerMayAddColumns() async throws {
        let server = try await PostgresServer.shared()
        let database = try await TestDatabase(.postgres)
        let role = "loader_\(database.place.suffix(8))"
        try await database.query(
            """
            CREATE ROLE \(role) LOGIN;
            CREATE TABLE pairs (id text PRIMARY KEY);
            GRANT SELECT, INSERT, UPDATE, DELETE ON pairs TO \(role)
            """
        )
        let name = try #require(database.place.split(separator: "/").last)
        let url = server.url(String(name), user: role)
        let refusal = try await failure {
            try await loader("postgres: { url: '\(url)', migrate: true }").load(.pairs, Batch([["1", "a"]]))
        }
        #expect(
            refusal.message
                == "table pairs does not fit: it has no column note (only the table's owner may add one)"
        )
        let statement = try #require(refusal.advice?.split(separator: "run: ").last)
        #expect(statement == #"ALTER TABLE "pairs" ADD COLUMN "note" text;"#)
        try await database.query(String(statement))
        #expect(
            try await loader("postgres: { url: '\(url)', migrate: true }").load(.pairs, Batch([["1", "a"]]))
                == LoadCounts(written: 1)
        )
    }
}
