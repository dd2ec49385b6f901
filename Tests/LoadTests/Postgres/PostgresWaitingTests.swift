import Foundation
import Records
import Stages
import TestSupport
import Testing

/// A load waits for nothing longer than it was told to.
@Suite struct PostgresWaitingTests {
    private let database: TestDatabase
    private let server: PostgresServer

    init() async throws {
        database = try await TestDatabase(.postgres)
        server = try await PostgresServer.shared()
        try await database.loader().load(.pairs, Batch([["1", "one"]]))
    }

    private func refusal(_ settings: String) async throws -> Failure {
        try await failure { try await database.loader(settings).load(.pairs, Batch([["1", "other"], ["2", "two"]])) }
    }

    @Test func aLockedTableIsGivenUpAndTheHolderNamed() async throws {
        let holder = try PostgresSession(
            server,
            database: database.place,
            "BEGIN; LOCK TABLE pairs IN SHARE ROW EXCLUSIVE MODE"
        )
        let refusal = try await refusal("lock_timeout: 1s")
        withExtendedLifetime(holder) {}
        #expect(refusal.code == .destinationFailed)
        #expect(!refusal.isTransient)
        #expect(
            refusal.message.firstMatch(
                of: #/^table pairs was locked by process \d+ of postgres \(somebody\) for longer than lock_timeout: 1s/#
            ) != nil,
            "\(refusal)"
        )
        #expect(try await database.query("SELECT * FROM pairs") == [["1", "one"]])
    }

    @Test func anotherLoadOfTheTableIsWaitedForAndThenNamed() async throws {
        let holder = try PostgresSession(
            server,
            database: database.place,
            "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('axport public.pairs', 0))"
        )
        let refusal = try await refusal("lock_timeout: 1s")
        withExtendedLifetime(holder) {}
        #expect(refusal.code == .locked)
        #expect(
            refusal.message.firstMatch(
                of:
                    #/^another load holds table pairs by process \d+ of postgres \(somebody\); it did not finish within lock_timeout: 1s$/#
            ) != nil,
            "\(refusal)"
        )
    }

    /// Between finding that it is not there and inserting it.
    @Test func aKeyThatSomebodyCommitsMeanwhileIsUpdated() async throws {
        try await database.query("ALTER TABLE pairs ADD COLUMN owner text")
        let other = try PostgresSession(
            server,
            database: database.place,
            "BEGIN; INSERT INTO pairs VALUES ('2', 'theirs', 'Ann'); SELECT 'held'; SELECT pg_sleep(2); COMMIT"
        )
        let began = ContinuousClock.now
        let rows = Batch([["1", "one"], ["2", "two"]])
        #expect(try await database.loader().load(.pairs, rows) == LoadCounts(written: 1, unchanged: 1))
        #expect(.now - began > .milliseconds(500), "the row was there before the load")
        withExtendedLifetime(other) {}
        #expect(
            try await database.query("SELECT * FROM pairs ORDER BY id") == [["1", "one", nil], ["2", "two", "Ann"]]
        )
    }

    @Test func aReaderHoldsNothingUp() async throws {
        let reader = try PostgresSession(server, database: database.place, "BEGIN; SELECT * FROM pairs")
        #expect(try await database.loader("lock_timeout: 1s").load(.pairs, Batch([["1", "new"]])).written == 1)
        withExtendedLifetime(reader) {}
    }

    @Test func aSlowStatementIsGivenUp() async throws {
        try await database.slow("UPDATE", seconds: 30)
        let refusal = try await refusal("statement_timeout: 1s")
        #expect(refusal.code == .destinationFailed)
        #expect(!refusal.isTransient)
        #expect(refusal.message.contains("canceling statement due to statement timeout"))
        #expect(refusal.message.contains("statement_timeout is 1s"))
        #expect(try await database.query("SELECT * FROM pairs") == [["1", "one"]])
    }

    @Test func zeroIsNoLimit() async throws {
        try await database.slow("UPDATE", seconds: 0.5)
        try await database.query(
            """
            DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET statement_timeout = 100', current_database()); END $$
            """
        )
        let load = try database.loader("statement_timeout: 0s, lock_timeout: 0s")
        #expect(try await load.load(.pairs, Batch([["1", "new"]])).written == 1)
    }

    /// COPY is one statement that lasts as long as the rows come.
    @Test func rowsMayComeSlowly() async throws {
        try await database.query(
            """
            DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET statement_timeout = 200', current_database()); END $$
            """
        )
        var session = try await database.loader("statement_timeout: 1s").open(.pairs, context)
        try await session.write(Batch([["1", "one"]]))
        try await Task.sleep(for: .milliseconds(1500))
        try await session.write(Batch([["2", "two"]]))
        #expect(try await session.commit() == LoadCounts(written: 1, unchanged: 1))
    }

    @Test func aServerThatStandsStillIsLeftAtOnceWhenInterrupted() async throws {
        var session = try await database.loader().open(.pairs, context)
        try await session.write(Batch([["2", "two"]]))
        let ours = "SELECT pid FROM pg_stat_activity WHERE application_name = 'axport' AND datname = current_database()"
        let process = try #require(try await database.query(ours).first?.first.flatMap { $0.flatMap { pid_t($0) } })
        kill(process, SIGSTOP)
        defer { kill(process, SIGCONT) }
        let (stuck, began) = (session, ContinuousClock.now)
        let task = Task {
            var session = stuck
            do { _ = try await session.commit() } catch {
                await session.rollback()
                throw error
            }
        }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - began < .seconds(2))
    }

    @Test func anAddressThatNobodyAnswersIsLeftAtOnceWhenInterrupted() async throws {
        // Takes connections into its queue and never says a word.
        let silent = try SilentServer()
        let load = try loader("postgres: { url: 'postgresql://ann@127.0.0.1:\(silent.port)/assets' }")
        let task = Task { try await load.load(.pairs) }
        try await Task.sleep(for: .milliseconds(300))
        let began = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - began < .seconds(1))
    }

    @Test func anAddressThatNobodyAnswersIsGivenUpAndMayBeTriedAgain() async throws {
        let silent = try SilentServer()
        let url = "postgresql://ann@127.0.0.1:\(silent.port)/assets?connect_timeout=2"
        let refusal = try await failure { try await loader("postgres: { url: '\(url)' }").load(.pairs) }
        #expect(refusal.message.contains("timeout expired"), "\(refusal)")
        #expect(refusal.isTransient)
    }
}
