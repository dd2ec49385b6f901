import Foundation
import Sandbox
import TestSupport
import Testing

/// A run looks at its destinations before it asks Apple for hours.
@Suite(.timeLimit(.minutes(2))) struct DestinationsFirstTests {
    private static let start = Task {
        let server = try PostgresServer(
            settings: ["log_connections = on"],
            access: ["host all nightly 127.0.0.1/32 scram-sha-256"]
        )
        _ = try server.query("CREATE ROLE nightly LOGIN PASSWORD 'right'", database: server.url("postgres"))
        return server
    }
    private let server: PostgresServer
    private let database: String

    init() async throws {
        server = try await Self.start.value
        database = try server.freshDatabase()
        _ = try server.query("GRANT CREATE ON SCHEMA public TO nightly", database: database)
    }

    private var name: String { database.split(separator: "/").last.map(String.init) ?? "" }

    /// A load whose password comes from the environment.
    private var load: String {
        "  - postgres: { url: \"\(server.url(name, user: "nightly:${env:PASSWORD}"))\", table: devices }"
    }

    private func withPipeline(
        _ loads: String,
        password: String = "wrong",
        more: String = "",
        _ test: (Command, RunningSandbox) async throws -> Void
    ) async throws {
        try await withSandbox(.with(devices: 60)) { command, sandbox in
            var command = command
            command.environment["PASSWORD"] = password
            try command.write("name: nightly\n\(more)\(pipeline(load: loads))", to: "n.axport.yaml")
            try await test(command, sandbox)
        }
    }

    private func connections() throws -> Int {
        try server.log.components(separatedBy: "user=nightly database=\(name)").count - 1
    }

    @Test("A password that is wrong ends the run before Apple is asked, and the next run goes through")
    func aWrongPasswordCostsNoRequest() async throws {
        try await withPipeline(load, more: "metrics: { textfile: metrics }\n") { command, sandbox in
            let run = try await command("run", "n.axport.yaml", "--json")
            #expect(run.status == 73, "\(run.errors)")
            #expect(await sandbox.statistics.requests.isEmpty)
            #expect(run.problems.count { $0.contains("password authentication failed") } == 1, "\(run.errors)")
            #expect(run.errors.contains("Apple was not asked, because no load can be made"), "\(run.errors)")
            #expect(!(run.errors + run.output).contains("wrong"))
            #expect(try run.loads.map { $0["status"] as? String } == ["failed"])
            let history = try await command("runs", "--from", "n.axport.yaml")
            #expect(history.output.contains("(73)"), "\(history.output)")
            let file = try #require(try command.files.first { $0.hasPrefix("metrics/") && $0.hasSuffix(".prom") })
            #expect(try command.metrics(file)("last_run_exit_code") == 73)

            var mended = command
            mended.environment["PASSWORD"] = "right"
            let next = try await mended("run", "n.axport.yaml")
            #expect(next.status == 0, "\(next.errors)")
            #expect(try server.count("SELECT count(*) FROM devices", database) == sandbox.listedCount)
        }
    }

    @Test func oneOfSeveralIsToldAtOnceAndTheOthersAreLoaded() async throws {
        try await withPipeline("\(load)\n  - csv: { file: out/a.csv }") { command, sandbox in
            let run = try await command("run", "n.axport.yaml", "--json")
            #expect(run.status == 3, "\(run.errors)")
            let lines = run.errors.split(separator: "\n").filter { $0.contains("password authentication failed") }
            #expect(lines.count == 2, "\(run.errors)")
            #expect(lines.first?.hasPrefix("warning: postgres devices: cannot connect") == true, "\(run.errors)")
            #expect(lines.first?.hasSuffix("; the run goes on and tries this load at its turn") == true)
            #expect(lines.last?.hasPrefix("error: postgres devices: cannot connect") == true)
            let listed = try #require(run.errors.range(of: "axport: devices"))
            #expect(run.errors.range(of: "warning: postgres").map { $0.lowerBound < listed.lowerBound } == true)
            #expect(try run.loads.map { $0["status"] as? String } == ["failed", "done"])
            #expect(try command.lines("out/a.csv").count == sandbox.listedCount + 1)
        }
    }

    @Test func aServerThatIsAwayIsTriedAtItsTurn() async throws {
        let away = "  - postgres: { url: \"postgresql://x@127.0.0.1:\(try Loopback.freePort())/x\", retries: 0 }"
        try await withPipeline(away) { command, sandbox in
            let run = try await command("run", "n.axport.yaml")
            #expect(run.status == 73, "\(run.errors)")
            #expect(run.errors.contains("warning: postgres the dataset's own table: cannot connect"), "\(run.errors)")
            #expect(await sandbox.statistics.requests[.devices] ?? 0 > 0)
            #expect(!run.errors.contains("Apple was not asked"))
        }
    }

    @Test func withoutAppleItIsTheSame() async throws {
        try await withPipeline(load, password: "right") { command, _ in
            #expect(try await command("run", "n.axport.yaml").status == 0)
            var wrong = command
            wrong.environment["PASSWORD"] = "wrong"
            let run = try await wrong("run", "n.axport.yaml", "--offline")
            #expect(run.status == 73 && run.problems.count == 1, "\(run.errors)")
            #expect(!run.errors.contains("Apple was not asked"), "\(run.errors)")
            #expect(try await command("run", "n.axport.yaml", "--offline").status == 0)
        }
    }

    @Test func severalLoadsAndSourcesShareAConnection() async throws {
        try await withSandbox(.with(devices: 60)) { command, sandbox in
            var command = command
            command.environment["PASSWORD"] = "wrong"
            let loads = [
                load, load.replacing("table: devices", with: "table: old"),
                load.replacing("table: devices", with: "from: runs"),
            ]
            try command.write(
                """
                sources:
                \(sandboxSource("acme"))
                \(sandboxSource("best"))
                extract: [devices]
                load:
                \(loads.joined(separator: "\n"))
                """,
                to: "n.axport.yaml"
            )
            let before = try connections()
            let run = try await command("run", "n.axport.yaml", "--limit", "5")
            #expect(run.status == 73, "\(run.errors)")
            #expect(await sandbox.statistics.requests.isEmpty)
            // libpq may knock twice: once with and once without encryption.
            #expect(try connections() - before <= 2)
            command.environment["PASSWORD"] = "right"
            let quiet = try connections()
            let next = try await command("run", "n.axport.yaml", "--source", "acme")
            #expect(next.status == 0, "\(next.errors)")
            // One to look, and one for each load.
            #expect(try connections() - quiet == 4)
        }
    }

    @Test func aMissingRightOrSchemaCostsNoRequest() async throws {
        try await withPipeline(load.replacing("devices", with: "assets.devices"), password: "right") {
            command,
            sandbox in
            let missing = try await command("run", "n.axport.yaml")
            #expect(missing.status == 73, "\(missing.errors)")
            #expect(missing.errors.contains("the schema assets does not exist"))
            let statement = #/run: (CREATE SCHEMA "assets";)/#
            let advice = try #require(missing.errors.firstMatch(of: statement)).output.1
            _ = try server.query(String(advice), database: database)
            let denied = try await command("run", "n.axport.yaml")
            #expect(denied.status == 73, "\(denied.errors)")
            let grant = try #require(denied.errors.firstMatch(of: #/let the owner run: (GRANT .+;)/#)).output.1
            _ = try server.query(String(grant), database: database)
            #expect(await sandbox.statistics.requests.isEmpty)
            let next = try await command("run", "n.axport.yaml")
            #expect(next.status == 0, "\(next.errors)")
        }
    }

    @Test(.enabled(if: MountNamespace.isPermitted, MountNamespace.reason))
    func aFolderThatCannotBeWrittenCostsNoRequest() async throws {
        try await withPipeline("  - csv: { file: out/a.csv }\n  - sqlite: { file: out/a.sqlite }") { command, sandbox in
            try await MountNamespace.run(
                """
                mkdir out
                mount -t tmpfs -o ro tmpfs out
                axport refused run n.axport.yaml
                mount -o remount,rw,size=16m out
                axport next run n.axport.yaml
                """,
                command
            )
            let refused = try command.outcome("refused")
            #expect(refused.status == 73, "\(refused.errors)")
            #expect(refused.problems.count == 2, "\(refused.errors)")
            #expect(refused.problems.allSatisfy { $0.contains("Read-only file system") }, "\(refused.errors)")
            #expect(refused.errors.contains("Apple was not asked"))
            try command.expectSuccess("next")
            #expect(await sandbox.statistics.requests[.token] == 1)
        }
    }
}
