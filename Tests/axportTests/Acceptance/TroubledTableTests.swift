import Foundation
import TestSupport
import Testing

/// Tables that somebody else uses, alters or guards while axport loads them.
@Suite(.timeLimit(.minutes(1))) struct TroubledTableTests {
    private let server: PostgresServer
    private let database: String

    init() async throws {
        server = try await PostgresServer.shared()
        database = try server.freshDatabase()
    }

    /// A loaded table `assets`, and a run to come that changes each of its rows.
    private func withLoadedTable(
        _ settings: String = "",
        other: String = "",
        _ test: (Command) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder, environment: ["VERSION": "first"])
            try command.write(
                """
                source: { platform: sandbox, devices: 300 }
                inventory: ${env:INVENTORY:-inventory.sqlite}
                extract: [devices]
                transform: [compute: { version: "'${env:VERSION}'" }]
                load:
                  - postgres: { url: "\(database)", table: assets, columns: [serial_number, color, version]\(settings) }
                \(other)
                """,
                to: "test.axport.yaml"
            )
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            command.environment["VERSION"] = "second"
            try await test(command)
        }
    }

    private func expect(
        _ run: Program.Run,
        code: Int32,
        _ message: Regex<Substring>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(run.status == code, "\(run.errors)", sourceLocation: sourceLocation)
        #expect(run.problems.count == 1, "\(run.errors)", sourceLocation: sourceLocation)
        #expect(run.problems.first?.contains(message) == true, "\(run.errors)", sourceLocation: sourceLocation)
    }

    private func expectVersion(_ version: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let versions = try server.query("SELECT DISTINCT version FROM assets", database: database)
        #expect(versions == [[version]], sourceLocation: sourceLocation)
    }

    /// What it holds is free when this returns.
    private func end(_ holder: borrowing PostgresSession) throws {
        try server.endSessions(of: "somebody", database: database, wait: 5000)
    }

    @Test func aTableThatSomebodyLockedIsGivenUpAndTheHolderNamed() async throws {
        try await withLoadedTable(", lock_timeout: 1s") { command in
            let holder = try PostgresSession(server, database: database, "BEGIN; LOCK TABLE assets")
            let run = try await command("run", "--offline", "test.axport.yaml")
            try end(holder)
            expect(
                run,
                code: 73,
                #/postgres assets: table assets was locked by process \d+ of postgres \(somebody\) for longer than lock_timeout: 1s/#
            )
            try expectVersion("first")
        }
    }

    @Test func aTableThatAnotherAxportLoadsIsGivenUpAndTheOtherNamed() async throws {
        try await withLoadedTable(", lock_timeout: \"${env:PATIENCE:-60}s\"") { command in
            var other = command
            other.environment.merge(["PATIENCE": "1", "INVENTORY": "other.sqlite", "VERSION": "third"]) { $1 }
            let (first, second) = (command, other)
            // The first one waits for somebody in the middle of its work.
            let holder = try PostgresSession(
                server,
                database: database,
                "BEGIN; LOCK TABLE assets IN SHARE ROW EXCLUSIVE MODE"
            )
            async let running = first("run", "--offline", "test.axport.yaml")
            try await server.untilALoadWaits(database)
            expect(
                try await second("run", "test.axport.yaml"),
                code: 75,
                #/postgres assets: another load holds table assets by process \d+ of postgres \(axport\); it did not finish within lock_timeout: 1s/#
            )
            try expectVersion("first")
            try end(holder)
            let rows = try await running
            #expect(rows.status == 0, "\(rows.errors)")
            try expectVersion("second")
        }
    }

    @Test func aColumnThatWasDroppedSinceTheLastRunIsNamedWithTheSettingThatHelps() async throws {
        try await withLoadedTable { command in
            _ = try server.query("ALTER TABLE assets DROP COLUMN version", database: database)
            #expect(try await command("check", "test.axport.yaml").status == 0)
            let run = try await command("run", "--offline", "test.axport.yaml")
            expect(
                run,
                code: 73,
                #/postgres assets: .*it has no column version; add what is missing with `migrate: true`/#
            )
            let file = try command.read("test.axport.yaml")
            try command.write(
                file.replacing("table: assets", with: "table: assets, migrate: true"),
                to: "test.axport.yaml"
            )
            #expect(try await command("run", "--offline", "test.axport.yaml").status == 0)
            try expectVersion("second")
        }
    }

    @Test func aColumnThatIsDroppedWhileRowsAreReadStopsTheLoad() async throws {
        try await withLoadedTable { command in
            let lock = "SELECT pg_advisory_xact_lock(hashtextextended('axport public.assets', 0))"
            let holder = try PostgresSession(server, database: database, "BEGIN; \(lock)")
            async let running = command("run", "--offline", "test.axport.yaml")
            try await server.untilALoadWaits(database)
            _ = try server.query("ALTER TABLE assets DROP COLUMN color", database: database)
            try end(holder)
            expect(
                try await running,
                code: 73,
                #/postgres assets: .*it has no column color; add what is missing with `migrate: true`/#
            )
            try expectVersion("first")
        }
    }

    @Test func aTriggerThatRaisesTakesBackItsLoadOnlyAndSaysWhy() async throws {
        let other = "  - postgres: { url: \"\(database)\", table: others, columns: [serial_number, version] }"
        try await withLoadedTable(other: other) { command in
            _ = try server.query(
                """
                CREATE SEQUENCE tries; CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF nextval('tries') = 200 THEN RAISE EXCEPTION 'asset % is frozen', new.serial_number
                        USING HINT = 'ask the asset desk'; END IF;
                    RETURN new; END $$;
                CREATE TRIGGER guard BEFORE UPDATE ON assets FOR EACH ROW EXECUTE FUNCTION guard()
                """,
                database: database
            )
            let run = try await command("run", "--offline", "test.axport.yaml")
            expect(run, code: 3, #/postgres assets: .*asset \w+ is frozen.*ask the asset desk/#)
            try expectVersion("first")
            #expect(try server.query("SELECT DISTINCT version FROM others", database: database) == [["second"]])
        }
    }
}
