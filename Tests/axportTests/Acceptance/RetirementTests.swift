import Foundation
import Sandbox
import TestSupport
import Testing

/// Rows are taken away only when Apple said, in full, that their devices left.
@Suite(.timeLimit(.minutes(1))) struct RetirementTests {
    private let server: PostgresServer
    private let database: String

    init() async throws {
        server = try await PostgresServer.shared()
        database = try server.freshDatabase()
    }

    /// Would delete whatever it may.
    private var load: String {
        """
          - postgres: { url: "\(database)", table: assets, removed: delete, max_removed: 100% }
          - csv: { file: out/a.csv, max_removed: 100% }
        """
    }

    private func versions(_ table: String = "assets", where condition: String = "true") throws -> [[String?]] {
        try server.query(
            "SELECT serial_number, xmin FROM \(table) WHERE \(condition) ORDER BY 1",
            database: database
        )
    }

    @Test("T3: when the later pages of a list fail, nothing is retired")
    func halfOfThePagesFail() async throws {
        try await withSandbox(.with { $0.devices = 2500 }) { command, sandbox in
            try command.write(pipeline(load: load), to: "test.axport.yaml")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let serials = try versions().map { $0[0] }
            let file = try command.lines("out/a.csv").count
            await sandbox.advance(toNight: 3)
            await sandbox.setFaults([Fault(.cursor, 1)])
            let run = try await command("run", "--json", "test.axport.yaml")
            #expect(run.status == 3 || run.status == 69, "\(run.errors)")
            #expect(await sandbox.statistics.faults[.cursor, default: 0] > 0)
            #expect(try Set(versions().map { $0[0] }).isSuperset(of: serials))
            #expect(try command.lines("out/a.csv").count >= file)

            await sandbox.setFaults([])
            #expect(try await command("run", "test.axport.yaml").status == 0)
            #expect(try versions().count == sandbox.listedCount)
            #expect(try !Set(versions().map { $0[0] }).isSuperset(of: serials))
        }
    }

    @Test("T3: an organization that is suddenly empty is not believed")
    func zeroRows() async throws {
        try await withSandbox { command, sandbox in
            try command.write(pipeline(load: load), to: "test.axport.yaml")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let (rows, file) = (try versions(), try command.read("out/a.csv"))
            await sandbox.stop()
            var options = SandboxOptions.with(devices: 0)
            options.port = try #require(sandbox.apiURL.split(separator: ":").last.flatMap { Int($0) })
            let empty = try await Sandbox.start(options, credentialsFolder: "\(command.folder)/account")
            let run = try await command("run", "test.axport.yaml")
            await empty.stop()
            #expect(run.status != 0)
            #expect(run.problems.count == 1 && run.problems[0].contains("lacks \(rows.count) of"), "\(run.errors)")
            #expect(try versions() == rows)
            #expect(try command.read("out/a.csv") == file)
        }
    }

    @Test("T4: a run of one source leaves the rows of the others alone")
    func oneSourceOfSeveral() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            func pipeline(night: Int) -> String {
                func source(_ name: String, _ seed: Int) -> String {
                    "  - { name: \(name), platform: sandbox, devices: 300, seed: \(seed), night: \(night) }"
                }
                return """
                    sources:
                    \(source("acme", 1))
                    \(source("best", 2))
                    extract: [devices, assignments]
                    load:
                      - postgres: { url: "\(database)", table: assets, removed: delete, max_removed: 100%, history: true }
                      - postgres: { url: "\(database)", table: replaced, mode: replace, max_removed: 100% }
                      - postgres: { url: "\(database)", from: servers }
                    """
            }
            try command.write(pipeline(night: 1), to: "test.axport.yaml")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            func rows(_ source: String) throws -> [[[String?]]] {
                try ["assets", "assets_history", "replaced"].map { try versions($0, where: "source = '\(source)'") }
                    + [
                        server.query(
                            "SELECT server_id, xmin FROM servers WHERE source = '\(source)'",
                            database: database
                        )
                    ]
            }
            let (acme, best) = (try rows("acme"), try rows("best"))
            try command.write(pipeline(night: 6), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml", "--source", "best")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try rows("acme") == acme)
            #expect(acme.allSatisfy { !$0.isEmpty })
            let after = try rows("best")
            for index in 0..<3 { #expect(after[index] != best[index]) }
        }
    }

    @Test("T4: a run of fewer stages leaves the columns and tables of the others alone")
    func fewerStages() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            func pipeline(_ extract: String, _ loads: String = "") -> String {
                """
                source: { platform: sandbox, devices: 300, night: "${env:NIGHT:-1}" }
                inventory: ${env:INVENTORY:-inventory.sqlite}
                extract: [\(extract)]
                load:
                  - postgres: { url: "\(database)", table: assets }
                \(loads)
                """
            }
            let coverage = "  - postgres: { url: \"\(database)\", from: coverage, removed: delete }"
            try command.write(pipeline("devices, assignments, coverage", coverage), to: "all.axport.yaml")
            try command.write(pipeline("devices"), to: "devices.axport.yaml")
            #expect(try await command("run", "all.axport.yaml").status == 0)
            let owned = "SELECT serial_number, server_id, coverage_state, coverage_checked_at FROM assets ORDER BY 1"
            let (columns, rows) = (try server.query(owned, database: database), try versions("coverage"))
            var later = command
            // Neither what the first run knew, nor the same night.
            later.environment = ["NIGHT": "3", "INVENTORY": "other.sqlite"]
            let run = try await later("run", "devices.axport.yaml", "--json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.loads[0]["written"] as? Int ?? 0 > 0)
            let kept = try server.query(owned, database: database).filter { row in columns.contains { $0[0] == row[0] }
            }
            #expect(kept == columns)
            #expect(try versions("coverage") == rows)
            #expect(rows.count > 100)
        }
    }

    @Test("T5: a run that reads only some of the devices retires none of the others")
    func onlySomeDevices() async throws {
        try await withSandbox(.with { $0.devices = 1500 }) { command, sandbox in
            let coverage = "  - postgres: { url: \"\(database)\", from: coverage, removed: delete, max_removed: 100% }"
            let extract = "[devices: { changes: audit_events }, coverage: { max_requests: 300 }]"
            try command.write(pipeline(extract: extract, load: "\(load)\n\(coverage)"), to: "test.axport.yaml")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let (serials, found) = (try versions().map { $0[0] }, try versions("coverage").map { $0[0] })
            let lists = await sandbox.statistics.requests[.devices]
            // Nothing has happened since, as the log of audit events says.
            let byEvents = try await command("run", "test.axport.yaml")
            #expect(byEvents.status == 0, "\(byEvents.errors)")
            #expect(await sandbox.statistics.requests[.devices] == lists)
            #expect(await sandbox.statistics.requests[.auditEvents, default: 0] > 0)
            #expect(try versions().map { $0[0] } == serials)
            #expect(try Set(versions("coverage").map { $0[0] }).isSuperset(of: found))
            #expect(try versions("coverage").count > found.count)

            // Some have left by then.
            await sandbox.advance(toNight: 2)
            try command.write(pipeline(load: load), to: "test.axport.yaml")
            let few = try await command("run", "--limit", "20", "--json", "test.axport.yaml")
            #expect(try few.loads.map { $0["retired"] as? Int } == [0, 0])
            #expect(try Set(versions().map { $0[0] }).isSuperset(of: serials))
        }
    }

    @Test("T6: a device that left is marked once, and reopened when it returns")
    func devicesThatReturn() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            func run(night: Int) async throws -> [String: Any] {
                try command.write(
                    """
                    source: { platform: sandbox, devices: 300, night: \(night) }
                    inventory: inventory.sqlite
                    extract: [devices]
                    load:
                      - postgres: { url: "\(database)", table: assets, removed: mark, history: true }
                    """,
                    to: "test.axport.yaml"
                )
                let run = try await command("run", "--json", "test.axport.yaml")
                #expect(run.status == 0, "\(run.errors)")
                return try #require(try run.loads.first)
            }
            let marked = "SELECT serial_number FROM assets WHERE removed_at IS NOT NULL ORDER BY 1"
            _ = try await run(night: 1)
            #expect(try server.query(marked, database: database).isEmpty)
            let left = try await run(night: 2)
            let gone = try server.query(marked, database: database)
            #expect(gone.count >= 2 && left["retired"] as? Int == gone.count)

            let (rows, history) = (try versions(), try versions("assets_history"))
            for _ in 1...2 {
                let again = try await run(night: 2)
                #expect(again["written"] as? Int == 0 && again["retired"] as? Int == 0, "\(again)")
                #expect(try versions() == rows && versions("assets_history") == history)
            }

            _ = try await run(night: 3)
            let returned = "serial_number IN (\(gone.map { "'\($0[0] ?? "")'" }.joined(separator: ", ")))"
            let reopened = """
                SELECT serial_number FROM assets JOIN assets_history AS h USING (serial_number)
                WHERE \(returned) AND assets.removed_at IS NULL
                GROUP BY 1 HAVING count(*) FILTER (WHERE h.valid_to IS NULL) = 1 AND count(h.valid_to) = 1
                    AND max(h.valid_from) > max(h.valid_to)
                """
            #expect(try !server.query(reopened, database: database).isEmpty)
            let live = try server.count("SELECT count(*) FROM assets WHERE removed_at IS NULL", database)
            let current = "SELECT count(*) FROM assets_history WHERE valid_to IS NULL"
            #expect(try server.count(current, database) == live)
        }
    }
}
