import Foundation
import Sandbox
import TestSupport
import Testing

/// The files that node_exporter serves.
@Suite struct MetricsTests {
    private let load = "  - csv: { file: out/devices.csv }\n"
    private let file = "metrics/axport-nightly@acme.prom"

    private func text(_ more: String = "", extract: String = "[devices, coverage]", folder: String = "metrics")
        -> String
    {
        "name: nightly\nmetrics: { textfile: '\(folder)' }\n\(more)"
            + pipeline(extract: extract, load: load).replacing(
                "platform: business",
                with: "platform: business\n  name: acme"
            )
    }

    @Test func everyRunLeavesItsNumbers() async throws {
        try await withSandbox { command, sandbox in
            try command.write(text(), to: "n.axport.yaml")
            let first = try await command("run", "n.axport.yaml")
            #expect(first.status == 0, "\(first.errors)")
            let metrics = try command.metrics(file)
            let listed = Double(sandbox.listedCount)
            #expect(try metrics("last_run_exit_code", #"pipeline="nightly""#, #"source="acme""#) == 0)
            #expect(try metrics("last_success_timestamp_seconds") == metrics("last_run_timestamp_seconds"))
            #expect(abs(try metrics("last_run_timestamp_seconds") - Date().timeIntervalSince1970) < 60)
            #expect(try metrics("run_duration_seconds") > 0)
            #expect(try metrics("run_rows", #"outcome="written""#) == listed)
            #expect(try metrics("run_requests", #"stage="coverage""#) >= listed)
            #expect(try metrics("run_limits_met") == 0)
            #expect(metrics.sum("devices") == listed)
            #expect(try metrics("devices", #"family="iPhone""#, #"status="ASSIGNED""#) > 0)
            #expect(try metrics("facet_devices", #"state="known""#, #"facet="coverage""#) == listed)
            #expect(try metrics("facet_checked_timestamp_seconds", #"age="oldest""#) > 1_700_000_000)
            #expect(try metrics("devices_listed_timestamp_seconds") > 1_700_000_000)
            let second = try await command("run", "n.axport.yaml")
            #expect(second.status == 0, "\(second.errors)")
            let later = try command.metrics(file)
            #expect(try later("run_rows", #"outcome="unchanged""#) == listed)
            #expect(try later("last_success_timestamp_seconds") > metrics("last_success_timestamp_seconds"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(command.folder)/metrics").count == 1)
            let fleet = sandbox.fleet
            let written = try command.read(file)
            let serials = (0..<fleet.count).compactMap { fleet.device(at: $0)?.serial }
            #expect(serials.count > 250 && !serials.contains(where: written.contains))
        }
    }

    @Test func thePageHasEveryMetric() async throws {
        try await withSandbox(.with(devices: 30)) { command, _ in
            try command.write(text(), to: "n.axport.yaml")
            #expect(try await command("run", "n.axport.yaml").status == 0)
            let page = try Repository.text("deploy/prometheus/README.md")
            let helps = try command.read(file).matches(of: /# HELP (\S+) (.+)\n/)
            let listed = page.matches(of: /\| `axport_.+/).map { String($0.output) }
            #expect(helps.map { "| `\($0.output.1)` | \($0.output.2) |" } == listed)
        }
    }

    @Test func aRunThatFailsKeepsTheLastSuccess() async throws {
        try await withSandbox { command, _ in
            var command = command
            try command.write(text("inventory: inv.sqlite\n"), to: "n.axport.yaml")
            #expect(try await command("run", "n.axport.yaml").status == 0)
            let before = try command.metrics(file)("last_success_timestamp_seconds")
            let took = try command.metrics(file)("last_success_duration_seconds")
            func expectKept(
                _ code: Int32,
                _ options: String...,
                sourceLocation: Testing.SourceLocation = #_sourceLocation
            ) async throws {
                let run = try await command(["run", "n.axport.yaml"] + options)
                #expect(run.status == code, "\(run.errors)", sourceLocation: sourceLocation)
                #expect(!run.errors.contains("metrics"), "\(run.errors)", sourceLocation: sourceLocation)
                let metrics = try command.metrics(file)
                #expect(try metrics("last_run_exit_code") == Double(code), sourceLocation: sourceLocation)
                #expect(try metrics("last_success_timestamp_seconds") == before, sourceLocation: sourceLocation)
                #expect(try metrics("last_success_duration_seconds") == took, sourceLocation: sourceLocation)
                #expect(try metrics("last_run_timestamp_seconds") > before, sourceLocation: sourceLocation)
            }
            try await expectKept(0, "--offline")
            command.environment["AXPORT_KEY_ID"] = "00000000-0000-4000-8000-000000000000"
            try FileManager.default.removeItem(atPath: "\(command.folder)/.cache")
            try await expectKept(77)
            // The history of the inventory knows it as well.
            try FileManager.default.removeItem(atPath: "\(command.folder)/\(file)")
            try await expectKept(77)
            // And where that cannot be opened, the file.
            try command.write("no inventory", to: "inv.sqlite", mode: 0o600)
            try await expectKept(73)
            try FileManager.default.removeItem(atPath: "\(command.folder)/\(file)")
            #expect(try await command("run", "n.axport.yaml").status == 73)
            #expect(try command.metrics(file)("last_success_timestamp_seconds") == 0)
        }
    }

    @Test func everySourceHasAFileAlsoOneThatCannotBeAsked() async throws {
        try await withSandbox { command, _ in
            let odd = #"be st/"x"\y"#
            let text = """
                name: 'a/b c'
                metrics: { textfile: metrics }
                sources:
                \(sandboxSource("acme"))
                \(sandboxSource("'\(odd)'", key: "nowhere.pem"))
                extract: [devices]
                load: [csv: { file: "out/{source}.csv" }]
                """
            try command.write(text, to: "n.axport.yaml")
            let run = try await command("run", "n.axport.yaml")
            #expect(run.status == 3, "\(run.errors)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: "\(command.folder)/metrics").sorted() == [
                    "axport-a%2Fb%20c@acme.prom", "axport-a%2Fb%20c@be%20st%2F%22x%22%5Cy.prom",
                ]
            )
            let good = try command.metrics("metrics/axport-a%2Fb%20c@acme.prom")
            #expect(try good("last_run_exit_code", #"pipeline="a/b c""#, #"source="acme""#) == 0)
            let bad = try command.metrics("metrics/axport-a%2Fb%20c@be%20st%2F%22x%22%5Cy.prom")
            #expect(try bad("last_run_exit_code", #"source="be st/\"x\"\\y""#) == 78)
            #expect(try bad("last_success_timestamp_seconds") == 0)
        }
    }

    @Test func theLimitsOfAppleAreCounted() async throws {
        try await withSandbox(.with(devices: 30) { ($0.rate, $0.burst) = (20, 5) }) { command, _ in
            try command.write(text(), to: "n.axport.yaml")
            #expect(try await command("run", "n.axport.yaml", "--json").status == 0)
            let metrics = try command.metrics(file)
            #expect(try metrics("run_limits_met") > 0)
            #expect(try metrics("run_limits_wait_seconds") > 0)
        }
    }

    @Test(arguments: ["0022", "0077"]) func nodeExporterMayReadANewFile(umask: String) async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            try command.write(text(), to: "n.axport.yaml")
            func run() async throws -> Int? {
                let script = "umask \(umask) && cd \"$0\" && exec \"$1\" run n.axport.yaml"
                let run = try await Program.running(
                    "/bin/sh",
                    ["-c", script, command.folder, Command.program],
                    environment: command.environment.merging(["HOME": command.folder]) { $1 }
                )
                #expect(run.status == 0, "\(run.errors)")
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(command.folder)/\(file)")
                return attributes[.posixPermissions] as? Int
            }
            #expect(try await run() == 0o644)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: "\(command.folder)/\(file)")
            #expect(try await run() == 0o640)
        }
    }

    @Test func whatCannotBeWrittenIsAWarning() async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            try command.write("a file", to: "metrics")
            try command.write(text(), to: "n.axport.yaml")
            let run = try await command("run", "n.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let said = run.errors.split(separator: "\n").filter { $0.contains("metrics") }
            #expect(said == ["warning: metrics: cannot write \(command.folder)/\(file): Not a directory"])
        }
    }

    @Test(.enabled(if: MountNamespace.isPermitted, MountNamespace.reason)) func aFullDiskKeepsTheOldFile() async throws
    {
        try await withSandbox(.with(devices: 3)) { command, _ in
            try command.write(text(), to: "n.axport.yaml")
            try await MountNamespace.run(
                """
                mkdir metrics
                mount -t tmpfs -o size=64k tmpfs metrics
                axport first run n.axport.yaml
                cp metrics/*.prom old
                head -c 100000 /dev/zero > metrics/other 2> /dev/null || true
                axport full run n.axport.yaml
                cp metrics/*.prom new
                ls -A metrics > names
                """,
                command
            )
            try command.expectSuccess("first")
            try command.expectSuccess("full")
            let said = try command.outcome("full").errors
            let full = "cannot write \(command.folder)/\(file): No space left on device"
            let warning = "warning: metrics: \(full)\nhint: free some space and run again"
            #expect(said.contains(warning), "\(said)")
            #expect(try command.read("old") == command.read("new"))
            #expect(try command.lines("names") == ["axport-nightly@acme.prom", "other"])
        }
    }

    @Test(arguments: [
        (
            "{ textfile: 'm/{date}.prom' }",
            "the metrics file is the same every night, so its path must not contain {date}"
        ),
        ("{ textfile: 'm/{run}' }", "the metrics file is the same every night, so its path must not contain {run}"),
        ("{ textfile: m/all.prom }", "each source needs its own metrics file"),
        ("{ textfile: '' }", "'textfile' is empty"), ("{}", "metrics needs 'textfile'"),
        ("{ textfile: m, port: 9100 }", "no setting 'port'"),
    ])
    func aWrongSectionIsRefused(section: String, says message: String) async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            let text = """
                metrics: \(section)
                sources:
                \(sandboxSource("one"))
                \(sandboxSource("two"))
                extract: [devices]
                load: [csv: { file: "out/{source}.csv" }]
                """
            try command.write(text, to: "n.axport.yaml")
            let check = try await command("check", "n.axport.yaml")
            #expect(check.status == 78)
            #expect(check.errors.hasPrefix("n.axport.yaml:1:"), "\(check.errors)")
            #expect(check.errors.contains("error: \(message)"), "\(check.errors)")
        }
    }

    @Test func noLoadAndNoSummaryTakesItsPlace() async throws {
        try await withSandbox(.with(devices: 3)) { command, _ in
            let own = text(folder: "out/devices.csv.prom").replacing(
                "out/devices.csv }",
                with: "out/devices.csv.prom }"
            )
            try command.write(own, to: "n.axport.yaml")
            let check = try await command("check", "n.axport.yaml")
            #expect(check.errors.contains("out/devices.csv.prom is the file of metrics"), "\(check.errors)")
            try command.write(text(), to: "n.axport.yaml")
            let run = try await command("run", "n.axport.yaml", "--summary", file)
            #expect(run.status == 64 && run.errors.contains("\(file) is the file of metrics"), "\(run.errors)")
        }
    }
}
