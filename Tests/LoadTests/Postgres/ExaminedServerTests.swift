import Foundation
import PostgreSQL
import Records
import Stages
import TestSupport
import Testing

@testable import Load

/// Servers that let nobody in, are away, or cannot write.
@Suite struct ExaminedServerTests {
    private static let start = Task {
        try PostgresServer(access: [
            "host all guarded 127.0.0.1/32 scram-sha-256", "host all nobody 127.0.0.1/32 reject",
        ])
    }

    private func examine(_ url: String) async throws -> Examination {
        try await loader("postgres: { url: '\(url)' }").examine()
    }

    @Test func aPasswordThatIsWrongLastsAndIsNotShown() async throws {
        let server = try await Self.start.value
        _ = try server.query(
            """
            DO $$ BEGIN CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'hunter2';
            EXCEPTION WHEN duplicate_object THEN NULL; END $$
            """,
            database: server.url("postgres")
        )
        let found = try await examine(server.url("postgres", user: "guarded:swordfish"))
        let refusal = try #require(found.lasting, "\(found)")
        #expect(refusal.message.contains("password authentication failed for user \"guarded\""))
        #expect(refusal.isOfPlace && !"\(found)".contains("swordfish"))
        #expect(refusal.advice == "check the password in `url`, PGPASSWORD, or the password file; try it with psql")
        let right = try await examine(server.url("postgres", user: "guarded:hunter2"))
        #expect(right.isReady && !"\(right)".contains("hunter2"), "\(right)")
    }

    @Test(arguments: [("postgres", "nobody"), ("nowhere", "postgres"), ("postgres", "stranger")])
    func whatNoRetryMendsLasts(database: String, user: String) async throws {
        let found = try await examine(Self.start.value.url(database, user: user))
        #expect(found.lasting?.isOfPlace == true, "\(found)")
    }

    @Test func aServerThatIsAwayMayComeBack() async throws {
        let found = try await examine("postgresql://ann@127.0.0.1:\(try Loopback.freePort())/assets")
        #expect(found.passing?.isOfPlace == true, "\(found)")
    }

    @Test func tooManyConnectionsMayPass() async throws {
        let server = try await Self.start.value
        _ = try server.query("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0", database: server.url("postgres"))
        let found = try await examine(server.url("postgres", user: "crowded"))
        #expect(found.passing?.message.contains("too many connections") == true, "\(found)")
    }

    /// libpq waits for each address of a host in turn.
    @Test func theWaitForAConnectionEnds() async throws {
        let silent = try SilentServer()
        let node = try ConfigNode.parse(
            "postgresql://ann@127.0.0.1:\(silent.port)/x",
            file: "t",
            environment: .only([:])
        )
        let url = try PostgresURL(from: node)
        let began = ContinuousClock.now
        let refusal = try await failure {
            try await PostgresConnection().connect(url, hiding: Secrets(), within: .milliseconds(300))
        }
        #expect(refusal.isTransient && refusal.isOfPlace, "\(refusal)")
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test func aLockedTableIsNamedWithItsHolder() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query("CREATE TABLE pairs (id text PRIMARY KEY, note text)")
        let holder = try PostgresSession(
            try await PostgresServer.shared(),
            database: database.place,
            "BEGIN; LOCK TABLE pairs IN ACCESS EXCLUSIVE MODE"
        )
        let found = try await database.loader("lock_timeout: 90s").examine()
        withExtendedLifetime(holder) {}
        let refusal = try #require(found.passing, "\(found)")
        #expect(refusal.code == .locked)
        #expect(refusal.message.contains("table pairs is locked by process "), "\(refusal)")
        #expect(refusal.message.hasSuffix("of postgres (somebody); the load waits for it up to lock_timeout: 90s"))
    }

    @Test func aStandbyCannotBeLoaded() async throws {
        let server = try PostgresServer()
        let url = try server.freshDatabase()
        _ = try Program.run(
            "/bin/sh",
            ["-c", "touch '\(server.folder)/data/standby.signal'; chmod a+r '\(server.folder)/data/standby.signal'"]
        )
        _ = try server.query("CHECKPOINT", database: url)
        try server.crash()
        try server.startAgain()
        try server.waitUntilReady()
        let refusal = try #require(try await examine(url).lasting)
        #expect(refusal.message == "this PostgreSQL server is a read-only standby")
        let loaded = try await failure { try await loader("postgres: { url: '\(url)', retries: 0 }").load(.pairs) }
        #expect(loaded == refusal)
    }

    @Test func rowLevelSecurityWithoutAPolicyIsNamed() async throws {
        let database = try await TestDatabase(.postgres)
        let name = try #require(database.place.split(separator: "/").last.map(String.init))
        try await database.query(
            """
            CREATE ROLE row_\(name) LOGIN; CREATE TABLE pairs (id text PRIMARY KEY, note text);
            ALTER TABLE pairs ENABLE ROW LEVEL SECURITY; GRANT ALL ON pairs TO row_\(name);
            CREATE POLICY reading ON pairs FOR SELECT USING (true)
            """
        )
        let url = try await PostgresServer.shared().url(name, user: "row_\(name)")
        let load = try loader("postgres: { url: '\(url)' }")
        let refusal = try #require(await load.examine().lasting)
        #expect(
            refusal.message == "row-level security of table pairs has no policy that lets this role INSERT, UPDATE"
        )
        _ = try await failure { try await load.load(.pairs, Batch([["1", "one"]])) }
        try await database.follow(refusal)
        #expect(await load.examine().isReady)
        #expect(try await load.load(.pairs, Batch([["1", "one"]])) == LoadCounts(written: 1))
    }

    @Test func oneConnectionExaminesSeveralLoads() async throws {
        let server = try PostgresServer(settings: ["log_connections = on"])
        let url = try server.freshDatabase()
        let before = try server.log.components(separatedBy: "application_name=axport").count
        var open: (any OpenPlace)?
        for table in ["a", "assets.b", "c"] {
            let found = try await loader("postgres: { url: '\(url)', table: \(table) }").examine(
                .pairs,
                context,
                through: &open
            )
            // One that fails does not spoil the connection.
            #expect(found.isReady == (table != "assets.b"), "\(found)")
        }
        await open?.close()
        #expect(try server.log.components(separatedBy: "application_name=axport").count == before + 1)
    }
}
