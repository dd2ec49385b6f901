import Foundation
import Load
import Pipeline
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// Connections and servers that break in the middle of a load: a reader sees the old table or the new one.
@Suite struct PostgresCrashTests {
    private let night: Night
    private let server: PostgresServer
    private let url: String

    init() async throws {
        night = try Night()
        server = try await PostgresServer.shared()
        url = try server.freshDatabase()
        night.desk.lists(serials(2500))
    }

    /// Runs with a transform `then`, which does something when the third batch passes, once. The server has some rows
    /// by then.
    private func run(
        to url: String? = nil,
        _ settings: String = "",
        then: @escaping @Sendable () throws -> Void = {}
    ) async throws -> RunReport {
        let hook = Hook(then)
        let catalog = Catalog(
            extractors: night.desk.catalog.extractors,
            transforms: [hook.spec],
            loaders: Loaders.all + night.desk.catalog.loaders
        )
        let text = PipelineText(
            """
            inventory: \(night.inventoryPath)
            source: { platform: sandbox }
            extract: [devices]
            transform: [then]
            load:
              - postgres: { url: '\(url ?? self.url)', columns: [serial_number, color]\(settings) }
              - desk: { name: a }
            """,
            file: "t.yaml"
        )
        let plan = try Planning(catalog, environment: .only([:]), startedAt: now).onePlan(for: text)
        let api = night.desk.api
        return await plan.run(RunOptions(), startedAt: now, progress: RunProgress()) { _ in api }
    }

    private func old() throws {
        _ = try server.query(
            """
            CREATE TABLE devices (serial_number text PRIMARY KEY, color text);
            INSERT INTO devices SELECT 'C' || n, 'OLD' FROM generate_series(0, 999) AS n
            """,
            database: url
        )
    }

    private func colors(_ server: PostgresServer, _ url: String) throws -> [[String?]] {
        try server.query("SELECT color, count(*) FROM devices GROUP BY color ORDER BY color", database: url)
    }

    @Test func aConnectionEndedWhileRowsAreSentIsMadeAgain() async throws {
        try old()
        let (server, url) = (server, url)
        let report = try await run { () throws in
            #expect(try server.endSessions(of: "axport", database: url) == [["t"]])
            #expect(try server.query("SELECT DISTINCT color FROM devices", database: url) == [["OLD"]])
        }
        #expect(report.code == .done)
        #expect(report.stage("postgres")?.counts.received == 2500)
        let notes = report.stage("postgres")?.counts.notes ?? []
        #expect(notes.count == 1)
        #expect(notes.first?.contains("terminating connection due to administrator command") == true, "\(notes)")
        #expect(try server.query("SELECT count(*) FROM devices WHERE color = 'RED'", database: url) == [["2500"]])
        #expect(night.desk.events.count { $0 == "open a" } == 1)
    }

    @Test func aConnectionEndedWhileRowsAreMergedIsMadeAgain() async throws {
        try old()
        _ = try server.query(
            """
            CREATE SEQUENCE tries; CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') = 1200 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                RETURN new; END $$;
            CREATE TRIGGER die BEFORE INSERT ON devices FOR EACH ROW EXECUTE FUNCTION die()
            """,
            database: url
        )
        let report = try await run()
        #expect(report.code == .done)
        #expect(report.stage("postgres")?.counts.notes.count == 1)
        #expect(try server.query("SELECT count(*) FROM devices WHERE color = 'RED'", database: url) == [["2500"]])
    }

    @Test(arguments: ["40001", "40P01"]) func whatTheServerAsksToRepeatIsRepeated(state: String) async throws {
        try old()
        _ = try server.query(
            """
            CREATE SEQUENCE tries; CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tries') = 1200 THEN RAISE EXCEPTION 'again, please' USING ERRCODE = '\(state)'; END IF;
                RETURN new; END $$;
            CREATE TRIGGER die BEFORE INSERT ON devices FOR EACH ROW EXECUTE FUNCTION die()
            """,
            database: url
        )
        let report = try await run()
        #expect(report.code == .done)
        #expect(report.stage("postgres")?.counts.notes.first?.contains("again, please") == true)
        #expect(try server.query("SELECT count(*) FROM devices WHERE color = 'RED'", database: url) == [["2500"]])
    }

    @Test func withoutRetriesTheOldTableStaysAndTheOtherLoadIsDone() async throws {
        try old()
        let (server, url) = (server, url)
        let report = try await run(", retries: 0") { _ = try server.endSessions(of: "axport", database: url) }
        #expect(report.code == .partial)
        #expect(report.stage("postgres")?.failure?.code == .destinationFailed)
        #expect(try colors(server, url) == [["OLD", "1000"]])
        #expect(night.desk.load("a")?.end == .committed)
    }

    @Test func aServerThatIsKilledAndComesBackGetsItsRows() async throws {
        let own = try PostgresServer()
        let url = try own.freshDatabase()
        _ = try own.query(
            """
            SET synchronous_commit = on; CREATE TABLE devices (serial_number text PRIMARY KEY, color text);
            INSERT INTO devices VALUES ('X', 'OLD')
            """,
            database: url
        )
        let report = try await run(to: url) {
            try own.crash()
            try own.startAgain()
        }
        try own.waitUntilReady()
        #expect(report.code == .done, "\(String(describing: report.stage("postgres")?.failure))")
        #expect((report.stage("postgres")?.counts.notes.count ?? 0) >= 1)
        #expect(try colors(own, url) == [["OLD", "1"], ["RED", "2500"]])
    }

    @Test func aServerThatStaysAwayIsAClearFailure() async throws {
        let own = try PostgresServer()
        let url = try own.freshDatabase()
        _ = try own.query(
            """
            SET synchronous_commit = on; CREATE TABLE devices (serial_number text PRIMARY KEY, color text);
            INSERT INTO devices VALUES ('X', 'OLD')
            """,
            database: url
        )
        let report = try await run(to: url, ", retries: 1") { try own.crash() }
        #expect(report.code == .partial)
        let failure = try #require(report.stage("postgres")?.failure)
        #expect(failure.code == .destinationFailed)
        #expect(failure.message.hasPrefix("cannot connect to PostgreSQL: connection to server at \"127.0.0.1\""))
        #expect(failure.message.contains("Connection refused"), "\(failure)")
        #expect(night.desk.load("a")?.end == .committed)
        try own.startAgain()
        try own.waitUntilReady()
        #expect(try colors(own, url) == [["OLD", "1"]])
    }
}

/// A transform that does something to the world when the second batch passes, and only then.
private final class Hook: Sendable {
    private let batches = Mutex(0)
    private let action: @Sendable () throws -> Void

    init(_ action: @escaping @Sendable () throws -> Void) { self.action = action }

    var spec: StageSpec<any Transformer> {
        StageSpec("then", "Does something.", example: "then", build: { [self] in Step(hook: self) })
    }

    private func pass() throws {
        let number = batches.withLock { count in
            count += 1
            return count
        }
        if number == 3 { try action() }
    }

    private struct Step: Transformer {
        let hook: Hook

        struct Bound: BoundTransform {
            let output: Schema
            let hook: Hook
            mutating func apply(_ batch: inout Batch, findings: inout Findings) throws { try hook.pass() }
        }

        func bind(to input: Schema, context: BindContext) -> any BoundTransform { Bound(output: input, hook: hook) }
    }
}
