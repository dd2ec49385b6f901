import Records
import Stages
import TestSupport
import Testing

/// Through a pool that hands out its connections for one transaction at a time.
@Suite struct PgBouncerTests {
    private let server: PostgresServer
    private let database: TestDatabase
    private let name: String

    init() async throws {
        server = try await PostgresServer.shared()
        database = try await TestDatabase(.postgres)
        name = try #require(database.place.split(separator: "/").last.map(String.init))
    }

    private func load(_ bouncer: PgBouncer, _ settings: String = "") throws -> any Loader {
        let more = settings.isEmpty ? "" : ", \(settings)"
        return try loader("postgres: { url: '\(bouncer.url(name))'\(more) }")
    }

    @Test(arguments: [1, 2]) func nothingSticksToTheConnectionOfTheNext(poolSize: Int) async throws {
        let bouncer = try PgBouncer(before: server, poolSize: poolSize)
        let state = """
            SELECT current_setting('TimeZone'), current_setting('statement_timeout'), current_setting('lock_timeout'),
                current_setting('standard_conforming_strings'), to_regclass('pg_temp.axport_staging'),
                to_regclass('pg_temp.axport_differing'),
                (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')
            """
        try await database.query("ALTER DATABASE \(name) SET TimeZone = 'Asia/Tokyo'")
        let before = try bouncer.query(state, database: name)
        let slow = try load(bouncer, "statement_timeout: 7s, lock_timeout: 5s")
        #expect(try await slow.load(.pairs, Batch([["1", "one"], ["2", "two"]])) == LoadCounts(written: 2))
        #expect(
            try await load(bouncer).load(.pairs, Batch([["1", "one"], ["2", "two"]])) == LoadCounts(unchanged: 2)
        )
        try await load(bouncer).abandon(.pairs, Batch([["3", "three"]]))
        let refusal = try await failure {
            try await load(bouncer).load(.pairs, Batch([["4", "four"], ["4", "four"]]))
        }
        #expect(refusal.code == .badData)
        for _ in 0..<4 { #expect(try bouncer.query(state, database: name) == before) }
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["2"]])
    }

    @Test(arguments: [1, 2]) func loadsTakeTurns(poolSize: Int) async throws {
        let bouncer = try PgBouncer(before: server, poolSize: poolSize)
        let loads = try (0..<6).map { try load(bouncer, "table: t\($0 % 3)") }
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            for (index, load) in loads.enumerated() {
                group.addTask { try await load.load(.pairs, .pairs(0..<500, note: "load \(index)")).written }
            }
            return try await group.reduce(0, +)
        }
        #expect(written == 3000)
        for table in ["t0", "t1", "t2"] {
            let found = try await database.query("SELECT count(*), count(DISTINCT note) FROM \(table)")
            #expect(found == [["500", "1"]])
        }
    }

    /// The loads of one run hold their connections at the same time.
    @Test func aPoolWithTooFewConnectionsIsToldAndMayBeTriedAgain() async throws {
        let bouncer = try PgBouncer(before: server, poolSize: 1)
        var first = try await load(bouncer, "table: a").open(.pairs, context)
        let refusal = try await failure { try await load(bouncer, "table: b, lock_timeout: 1s").load(.pairs) }
        #expect(refusal.isTransient)
        #expect(refusal.message == "cannot load table b: PostgreSQL did not answer for 1 s")
        #expect(refusal.advice?.contains("PgBouncer needs a free connection for each load of a run") == true)
        try await first.write(Batch([["1", "one"]]))
        #expect(try await first.commit() == LoadCounts(written: 1))
        #expect(try await load(bouncer, "table: b").load(.pairs, Batch([["1", "one"]])) == LoadCounts(written: 1))
    }

    @Test func anInterruptionReachesTheServer() async throws {
        let bouncer = try PgBouncer(before: server, poolSize: 1)
        let load = try load(bouncer)
        try await load.load(.pairs)
        try await database.slow("INSERT", seconds: 60)
        let task = Task { try await load.load(.pairs, Batch([["1", "one"]])) }
        try await database.untilOneSleeps()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let deadline = ContinuousClock.now + .seconds(5)
        while try await database.sleepers() > 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await database.sleepers() == 0)
        #expect(try await load.load(.pairs) == LoadCounts())
    }
}
