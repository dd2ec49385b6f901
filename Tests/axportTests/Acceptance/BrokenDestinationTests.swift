import Foundation
import TestSupport
import Testing

/// Destinations that are down, or die while they are loaded.
@Suite(.timeLimit(.minutes(1))) struct BrokenDestinationTests {
    private func pipeline(_ loads: String) -> String {
        """
        source: { platform: sandbox, devices: 5000 }
        inventory: inventory.sqlite
        extract: [devices]
        transform: [compute: { version: "'${env:VERSION:-first}'" }]
        load:
        \(loads)
        """
    }

    @Test("T8: one destination that is down does not hold back the others, and is named")
    func theOthersAreLoaded() async throws {
        let server = try await PostgresServer.shared()
        let database = try server.freshDatabase()
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                pipeline(
                    """
                      - csv: { file: out/a.csv }
                      - postgres: { url: "postgresql://ann@127.0.0.1:9/assets", retries: 0 }
                      - csv: { file: /proc/no/devices.csv }
                      - postgres: { url: "\(database)" }
                      - sqlite: { file: out/a.sqlite }
                      - ndjson: { file: out/a.ndjson }
                    """
                ),
                to: "test.axport.yaml"
            )
            let run = try await command("run", "--json", "test.axport.yaml")
            #expect(run.status == 3, "\(run.errors)")
            #expect(run.problems.count == 2, "\(run.problems)")
            #expect(
                run.problems.first?.contains("postgres the dataset's own table: cannot connect to PostgreSQL") == true
            )
            #expect(run.problems.last?.contains("csv /proc/no/devices.csv: ") == true)
            let loads = try run.loads
            #expect(loads.map { $0["status"] as? String } == ["done", "failed", "failed", "done", "done", "done"])
            let rows = try server.count("SELECT count(*) FROM devices", database)
            #expect(rows > 4000)
            for load in loads where load["status"] as? String == "done" {
                #expect(load["written"] as? Int == rows, "\(load)")
            }
            #expect(try command.lines("out/a.ndjson").count == rows)
            let again = try await command("run", "--offline", "--json", "test.axport.yaml")
            #expect(try again.loads.map { $0["written"] as? Int } == [0, 0, 0, 0, 0, 0])
        }
    }

    @Test("T12: a database that dies in the middle of a load ends the run with an error, at once, and its load only")
    func aDatabaseThatDies() async throws {
        let server = try PostgresServer()
        let database = try server.freshDatabase()
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder)
            try command.write(
                pipeline(
                    """
                      - postgres: { url: "\(database)", table: assets, columns: [serial_number, version], retries: 0 }
                      - csv: { file: out/a.csv, columns: [serial_number, version] }
                    """
                ),
                to: "test.axport.yaml"
            )
            #expect(try await command("run", "test.axport.yaml").status == 0)
            _ = try server.query("SET synchronous_commit = on; SELECT pg_switch_wal()", database: database)
            let holder = try PostgresSession(
                server,
                database: database,
                "BEGIN; LOCK TABLE assets IN SHARE ROW EXCLUSIVE MODE"
            )
            command.environment["VERSION"] = "second"
            let again = command
            async let running = again("run", "--offline", "test.axport.yaml")
            try await server.untilALoadWaits(database)
            let began = ContinuousClock.now
            try server.crash()
            let run = try await running
            withExtendedLifetime(holder) {}
            #expect(ContinuousClock.now - began < .seconds(5))
            #expect(run.status == 3, "\(run.errors)")
            #expect(
                run.problems.count == 1 && run.problems.first?.contains("postgres assets: ") == true,
                "\(run.problems)"
            )
            #expect(try command.lines("out/a.csv").dropFirst().allSatisfy { $0.hasSuffix(",second") })

            let down = try await command("run", "--offline", "test.axport.yaml")
            #expect(down.status == 3 && down.problems.first?.contains("Connection refused") == true, "\(down.errors)")
            try server.startAgain()
            try server.waitUntilReady()
            let versions = "SELECT DISTINCT version FROM assets"
            #expect(try server.query(versions, database: database) == [["first"]])
            #expect(try await command("run", "--offline", "test.axport.yaml").status == 0)
            #expect(try server.query(versions, database: database) == [["second"]])
        }
    }

    @Test("T12: a reader of standard output that goes away ends its load with an error, and its load only")
    func aReaderThatGoesAway() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                pipeline("  - ndjson: { file: '-' }\n  - csv: { file: out/a.csv }"),
                to: "test.axport.yaml"
            )
            let script = "cd \"$0\"; { \"$1\" run test.axport.yaml 2> errors; echo $? > code; } | head -n 1"
            let head = try await Program.running(
                "/bin/sh",
                ["-c", script, folder, Command.program],
                environment: ["HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""]
            )
            #expect(head.output.split(separator: "\n").count == 1)
            #expect(try command.read("code") == "3\n")
            let errors = try command.read("errors")
            #expect(errors.contains("error: ndjson -: cannot write standard output: Broken pipe"), "\(errors)")
            #expect(try command.lines("out/a.csv").count > 4000)
        }
    }
}
