import Records
import Stages
import TestSupport
import Testing

/// What a role or a database sets for every session does not change what a load does.
@Suite struct PostgresPlaceTests {
    private let database: TestDatabase
    private let name: String

    init() async throws {
        database = try await TestDatabase(.postgres)
        name = try #require(database.place.split(separator: "/").last.map(String.init))
    }

    @Test func aLoadSeesWhatOthersCommittedMeanwhile() async throws {
        try await database.query(
            """
            ALTER DATABASE \(name) SET default_transaction_isolation = 'repeatable read';
            ALTER DATABASE \(name) SET default_transaction_read_only = on
            """
        )
        let keyless = Schema("pairs", "", key: [], Schema.pairs.fields)
        let load = try database.loader()
        try await load.load(keyless, .pairs(0..<1))
        var session = try await load.open(keyless, context)
        try await session.write(.pairs(0..<3))
        #expect(try await load.load(keyless, .pairs(0..<2)) == LoadCounts(written: 1, unchanged: 1))
        #expect(try await session.commit() == LoadCounts(written: 1, unchanged: 2))
        #expect(try await database.query("SELECT id FROM pairs ORDER BY id") == [["1000"], ["1001"], ["1002"]])
    }

    /// The table is in the second schema of the search path.
    private func elsewhere() async throws {
        try await database.query(
            """
            CREATE SCHEMA first; CREATE SCHEMA second;
            CREATE TABLE second.pairs (id text PRIMARY KEY, note text);
            ALTER DATABASE \(name) SET search_path = first, second
            """
        )
    }

    @Test func theHistoryIsBesideTheTable() async throws {
        try await elsewhere()
        let load = try database.loader("history: true")
        try await load.load(.pairs, .pairs(0..<1), in: night(1))
        try await load.load(.pairs, .pairs(0..<1, note: "other"), in: night(2))
        let found = try await database.query(
            "SELECT nspname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relname = 'pairs_history'"
        )
        #expect(found == [["second"]])
        #expect(try await database.query("SELECT count(*) FROM second.pairs_history") == [["2"]])
    }

    @Test func loadsOfATableWaitForOneAnotherHoweverItIsNamed() async throws {
        try await elsewhere()
        let server = try await PostgresServer.shared()
        let holder = try PostgresSession(
            server,
            database: database.place,
            "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('axport second.pairs', 0))"
        )
        for table in ["pairs", "second.pairs"] {
            let refusal = try await failure {
                try await database.loader("lock_timeout: 1s, table: \(table)").load(.pairs, .pairs(0..<1))
            }
            #expect(refusal.code == .locked)
        }
        withExtendedLifetime(holder) {}
    }
}
