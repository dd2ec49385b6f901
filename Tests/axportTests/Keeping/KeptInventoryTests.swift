import Foundation
import Sandbox
import TestSupport
import Testing

/// Workers that share nothing but a database.
@Suite struct KeptInventoryTests {
    private static func pipeline(_ load: String, settings: String = "") -> String {
        """
        inventory: { keep_in: "${env:KEEP}"\(settings) }
        \(axportTests.pipeline(extract: "[devices, coverage]", load: load))
        """
    }

    fileprivate static let file = #"  - ndjson: { file: "${env:XDG_STATE_HOME}/devices.ndjson" }"#
    fileprivate static let table = #"  - postgres: { url: "${env:KEEP}", table: devices }"#

    private struct Workers {
        let command: Command
        let server: PostgresServer
        let database: String

        /// A worker with a disk of its own.
        func callAsFunction(_ name: String) -> Command {
            var worker = command
            worker.environment["KEEP"] = database
            worker.environment["XDG_STATE_HOME"] = "\(command.folder)/\(name)"
            return worker
        }

        func query(_ sql: String) throws -> [[String?]] { try server.query(sql, database: database) }
    }

    private func withWorkers(
        _ text: String,
        latency: Int = 0,
        _ test: (Workers, RunningSandbox) async throws -> Void
    ) async throws {
        let server = try await PostgresServer.shared()
        let database = try server.freshDatabase()
        try await withSandbox(.with(devices: 120) { $0.latencyMilliseconds = latency }) { command, sandbox in
            try command.write(text, to: "p.axport.yaml")
            try await test(Workers(command: command, server: server, database: database), sandbox)
        }
    }

    @Test func theSecondNightOfAnotherWorkerAsksAsLittleAsThatOfTheFirst() async throws {
        try await withWorkers(Self.pipeline(Self.table)) { worker, sandbox in
            let first = try await worker("a")("run", "p.axport.yaml")
            #expect(first.status == 0, "\(first.errors)")
            let before = await sandbox.statistics.apiRequests
            let second = try await worker("b")("run", "p.axport.yaml", "--json")
            #expect(second.status == 0, "\(second.errors)")
            #expect(await sandbox.statistics.apiRequests - before <= 4)
            #expect(second.output.contains(#""written":0"#))
            let texts = try worker.query("SELECT holder, stamp, version FROM axport_inventory.copy").joined()
            #expect(!texts.contains { $0?.contains("PRIVATE") == true })
        }
    }

    @Test func aKilledWorkersOrganizationIsTakenOverWhenItsLeaseEnds() async throws {
        let settings = ", lease: 5s, keep_every: 1s"
        try await withWorkers(Self.pipeline(Self.file, settings: settings), latency: 200) { worker, sandbox in
            let killed = try worker("a").start("run", "p.axport.yaml")
            func copies() throws -> Int {
                try worker.query("SELECT to_regclass('axport_inventory.copy') IS NOT NULL") == [["t"]]
                    ? try worker.server.count("SELECT count(*) FROM axport_inventory.copy", worker.database) : 0
            }
            while try copies() == 0, killed.isRunning { try await Task.sleep(for: .milliseconds(20)) }
            let other = try await worker("b")("run", "p.axport.yaml")
            #expect(other.status == 75, "\(other.errors)")
            #expect(other.errors.contains("is being run by process \(killed.processIdentifier) on "), "\(other.errors)")
            kill(killed.processIdentifier, SIGKILL)
            try await killed.ended()
            let asked = await sandbox.statistics.apiRequests
            let next = try await worker("b")("run", "p.axport.yaml", "--wait", "30s")
            #expect(next.status == 0, "\(next.errors)")
            #expect(try worker.query("SELECT fence FROM axport_inventory.lease") == [["2"]])
            let all = await sandbox.statistics.apiRequests
            #expect(all < 2 * sandbox.listedCount && all > asked, "\(asked), then \(all)")
        }
    }

    /// As after a suspended machine: the process goes on as if nothing had been.
    @Test(arguments: [KeptInventoryTests.file, KeptInventoryTests.table])
    func aStoppedWorkerLoadsNothingOnceItsLeaseIsLost(load: String) async throws {
        try await withWorkers(Self.pipeline(load, settings: ", lease: 5s"), latency: 200) { worker, sandbox in
            let stopped = try worker("a").start("run", "p.axport.yaml")
            while await sandbox.statistics.apiRequests < 30, stopped.isRunning {
                try await Task.sleep(for: .milliseconds(20))
            }
            kill(stopped.processIdentifier, SIGSTOP)
            let next = try await worker("b")("run", "p.axport.yaml", "--wait", "30s")
            #expect(next.status == 0, "\(next.errors)")
            let asked = await sandbox.statistics.apiRequests
            kill(stopped.processIdentifier, SIGCONT)
            try await stopped.ended()
            #expect(stopped.terminationStatus == 75)
            // Those that were on their way when it was stopped.
            #expect(await sandbox.statistics.apiRequests <= asked + 8)
            #expect(!worker("a").exists("a/devices.ndjson"))
            #expect(try worker.query("SELECT generation / 1000000 FROM axport_inventory.copy") == [["2"]])
        }
    }

    @Test func aLoadOfAFencedWorkerIsRefused() async throws {
        try await withWorkers(Self.pipeline(Self.table)) { worker, _ in
            #expect(try await worker("a")("run", "p.axport.yaml").status == 0)
            _ = try worker.query("UPDATE devices SET color = 'x'")
            let fenced: Process
            do {
                let lock = try PostgresSession(
                    worker.server,
                    database: worker.database,
                    "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('axport public.devices', 0))"
                )
                fenced = try worker("a").start("run", "p.axport.yaml")
                try await worker.server.untilALoadWaits(worker.database)
                // Somebody takes the lease, as after a stopped clock.
                _ = try worker.query(
                    "UPDATE axport_inventory.lease SET token = 'x', fence = fence + 1, ends_at = now() + interval '1 h'"
                )
                withExtendedLifetime(lock) {}
            }
            try await fenced.ended()
            #expect(fenced.terminationStatus == 75)
            #expect(try worker.query("SELECT count(*) FROM devices WHERE color IS DISTINCT FROM 'x'") == [["0"]])
        }
    }

    @Test func anOrganizationThatAnotherWorkerRunsIsLeftAndTheOthersAreRun() async throws {
        let text = """
            inventory: { keep_in: "${env:KEEP}" }
            sources:
            \(sandboxSource("acme"))
              - { name: own, platform: sandbox, devices: 20 }
            extract: [devices]
            load:
              - ndjson: { file: "out/{source}.ndjson" }
            """
        try await withWorkers(text) { worker, _ in
            #expect(try await worker("a")("run", "p.axport.yaml").status == 0)
            _ = try worker.query(
                """
                UPDATE axport_inventory.lease SET ends_at = now() + interval '1 h', holder = 'process 9 on west'
                WHERE organization NOT LIKE 'sandbox%'
                """
            )
            let run = try await worker("b")("run", "p.axport.yaml", "--json")
            #expect(run.status == 75, "\(run.errors)")
            #expect(run.errors.contains("acme: this organization is being run by process 9 on west"), "\(run.errors)")
            let own = run.output.split(separator: "\n").first { $0.contains(#""source":"own""#) }
            #expect(own?.contains(#""exit_code":0"#) == true, "\(run.output)")
        }
    }

    @Test func withoutTheDatabaseNothingIsRun() async throws {
        try await withWorkers(Self.pipeline(Self.file)) { worker, sandbox in
            var lost = worker("a")
            lost.environment["KEEP"] = "postgresql://postgres@127.0.0.1:1/x"
            let run = try await lost("run", "p.axport.yaml")
            #expect(run.status == 73, "\(run.errors)")
            #expect(run.errors.contains("inventory.keep_in: cannot connect to PostgreSQL"), "\(run.errors)")
            #expect(run.errors.contains("Apple was not asked, and nothing was loaded"), "\(run.errors)")
            #expect(run.errors.contains("check `keep_in`"), "\(run.errors)")
            #expect(await sandbox.statistics.apiRequests == 0)
        }
    }

    @Test func wrongValuesOfTheSettingsAreNamed() async throws {
        try await withWorkers(Self.pipeline(Self.file, settings: ", lease: 1s, keep_every: 0s")) { worker, _ in
            let check = try await worker("a")("check", "p.axport.yaml")
            #expect(check.status == 78)
            for text in ["lease must be from 5s to 1h", "keep_every must be 1s or more"] {
                #expect(check.errors.contains(text) || check.output.contains(text), "\(check.errors)")
            }
        }
    }
}
