import Foundation
import Sandbox
import TestSupport
import Testing

/// Why nights failed, and since when, as `axport runs` tells it.
@Suite struct FailingRunsTests {
    private func write(_ command: Command, load: String, sources: [String] = ["acme", "hill"]) throws {
        let list = sources.map { "  - { platform: sandbox, name: \($0), devices: 20 }" }.joined(separator: "\n")
        try command.write(
            "name: nightly\nsources:\n\(list)\nextract: [devices]\nload: [csv: { file: \"\(load)/{source}.csv\" }]",
            to: "night.axport.yaml"
        )
    }

    private func today() -> String { String(Date.now.formatted(.iso8601).prefix(10)) }

    @Test func aCauseStandsOnceWithSinceWhenAndForWhom() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("a file", to: "taken")
            try write(command, load: "taken")
            for _ in 1...2 { #expect(try await command("run", "night.axport.yaml").status == 73) }
            let runs = try await command("runs")
            let lines = runs.output.split(separator: "\n").map(String.init)
            #expect(lines.first?.hasPrefix("source  run ") == true, "\(runs.output)")
            #expect(lines.count { $0.hasSuffix("  failed (73)") } == 2, "\(runs.output)")
            let cause = "2 sources (acme, hill): failing since \(today()), 2 runs: csv \(folder)/taken/{source}.csv: "
            #expect(lines.count { $0.hasPrefix(cause) } == 1, "\(runs.output)")

            // The name of a run is the end of its ID.
            let short = try #require(lines.dropFirst(2).first?.split(separator: " ").dropFirst().first).description
            let shown = try await command("runs", "show", short)
            #expect(shown.status == 0 && shown.output.hasPrefix("run "), "\(short): \(shown.errors)")

            // The night after they recover: those of before are told as past.
            try write(command, load: "out")
            #expect(try await command("run", "night.axport.yaml", "--source", "acme").status == 0)
            let mixed = try await command("runs", "--limit", "9")
            #expect(mixed.output.contains("acme: failed on \(today()), 2 runs: csv "), "\(mixed.output)")
            #expect(mixed.output.contains("hill: failing since \(today()), 2 runs: csv "), "\(mixed.output)")
            #expect(try await command("runs", "--latest").output.contains("acme  "))
            #expect(try await !command("runs", "--latest", "--failed").output.contains("acme  "))
        }
    }

    @Test func runsAreChosenByTheirEndTheirTimeAndTheirSource() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("a file", to: "taken")
            try write(command, load: "taken")
            _ = try await command("run", "night.axport.yaml")
            try write(command, load: "out")
            _ = try await command("run", "night.axport.yaml")
            func count(_ arguments: String...) async throws -> Int {
                let run = try await command(["runs", "--json"] + arguments)
                #expect(run.status == 0, "\(run.errors)")
                return run.output.split(separator: "\n").count
            }
            #expect(try await count() == 4)
            #expect(try await count("--failed") == 2)
            #expect(try await count("--failed", "--source", "hill") == 1)
            #expect(try await count("--since", "1d") == 4)
            #expect(try await count("--since", today(), "--failed") == 2)
            #expect(try await count("--since", "2099-01-01") == 0)
            #expect(try await count("--latest") == 2)
            #expect(try await count("--latest", "--failed") == 0)
            #expect(try await count("--limit", "3") == 3)
            let wrong = try await command("runs", "--since", "yesterday")
            #expect(wrong.status == 64 && wrong.errors.contains("--since"), "\(wrong.errors)")
            #expect(try await command("runs", "--stale", "1d", "--failed").status == 64)
            let none = try await command("runs", "--latest", "--failed")
            #expect(none.status == 0 && none.errors.contains("no failed runs in "), "\(none.errors)")
            let later = try await command("runs", "--since", "2099-01-01")
            #expect(later.errors.contains("no runs since 2099-01-01 00:00:00 (UTC) in "), "\(later.errors)")
        }
    }

    @Test func sourcesOfSeveralPipelinesAreToldApart() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("a file", to: "taken")
            try write(command, load: "taken")
            let text = try command.read("night.axport.yaml")
            try command.write(text.replacing("name: nightly", with: "name: weekly"), to: "week.axport.yaml")
            for name in ["night", "week"] { _ = try await command("run", "\(name).axport.yaml") }
            let told = try await command("runs", "--failed").output
            #expect(told.contains("weekly, hill; ") || told.contains("; weekly, hill"), "\(told)")
        }
    }

    @Test func aRunThatWasKilledFailsToo() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 300 }) { command, sandbox in
            try command.write(
                pipeline(extract: "[devices, coverage]", load: "  - csv: { file: out/devices.csv }"),
                to: "test.axport.yaml"
            )
            let run = try command.start("run", "test.axport.yaml")
            while await sandbox.statistics.apiRequests < 3 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await !command("runs").output.contains("failing since"))
            kill(run.processIdentifier, SIGKILL)
            try await run.ended()
            let killed = try await command("runs").output
            #expect(
                killed.contains(": failing since \(today()), 1 run: did not finish (killed, or power loss)"),
                "\(killed)"
            )
        }
    }
}
