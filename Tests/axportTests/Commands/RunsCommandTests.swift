import Foundation
import Sandbox
import TestSupport
import Testing

/// The history of runs, as a person asks for it.
@Suite struct RunsCommandTests {
    private let text = """
        name: nightly
        source: { platform: sandbox, name: acme, devices: 120 }
        extract: [devices]
        transform: [imei]
        load:
          - csv: { file: out/devices.csv }
          - sqlite: { file: out/assets.sqlite }
        """

    private func sqlite(_ command: Command, _ sql: String) throws -> String {
        let run = try Program.run("/usr/bin/env", ["sqlite3", "\(command.folder)/out/assets.sqlite", sql])
        try #require(run.status == 0, "\(run.errors)")
        return run.output.trimmingCharacters(in: .newlines)
    }

    @Test func theNightIsListedAndShownAsItWasPrinted() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            let none = try await command("runs")
            #expect(none.status == 0 && none.errors.contains("no runs in "))
            let run = try await command("run", "night.axport.yaml", "--json")
            let export = try await command("export", "--from", "night.axport.yaml", "-o", "a.csv")
            #expect(run.status == 0 && export.status == 0, "\(export.errors)")

            let list = try await command("runs").output.split(separator: "\n")
            #expect(list.count == 4, "\(list)")
            #expect(list[2].contains("  export  ") && list[3].contains("  nightly   acme "), "\(list)")
            #expect(list[3].hasSuffix("done"))

            let lines = try await command("runs", "--json", "--from", "night.axport.yaml").output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(try await command("runs", "--limit", "1").output.split(separator: "\n").count == 3)
            let id = try #require(try object(String(lines[1]))["run"] as? String)
            #expect(try await command("runs", "show", id, "--json").output == "\(lines[1])\n")
            #expect(run.output == "\(lines[1])\n")

            let shown = try await command("runs", "show", id).output
            let printed = run.errors.split(separator: "\n").filter { !$0.hasPrefix("axport: ") }
            #expect(printed.count > 4)
            for line in printed { #expect(shown.contains(line), "\(line) is not in \(shown)") }
            #expect(shown.contains("balance") && !shown.contains("do not balance"))
            let hash = try Program.run("/usr/bin/env", ["sha256sum", "\(folder)/night.axport.yaml"]).output.prefix(64)
            #expect(shown.contains("SHA-256 \(hash)"))
            let last = try await command("runs", "show", "last")
            #expect(last.output.contains("of export, source acme"), "\(last.output)")
        }
    }

    @Test func aRunIsFoundByTheBeginningOfItsID() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            let first = try object(try await command("run", "night.axport.yaml", "--json").output)
            try await Task.sleep(for: .milliseconds(1100))
            #expect(try await command("run", "night.axport.yaml").status == 0)
            let id = try #require(first["run"] as? String)
            let short = String(id.prefix { $0 != "-" }) + "-"
            #expect(try await command("runs", "show", short).output.hasPrefix("run \(id) "))
            let several = try await command("runs", "show", "2")
            #expect(
                several.status == 64 && several.errors.contains("2 runs begin or end with '2'"),
                "\(several.errors)"
            )
            let near = try await command("runs", "show", "x" + id)
            #expect(near.status == 64 && near.errors.contains("did you mean '\(id)'?"), "\(near.errors)")
            let unknown = try await command("runs", "show", "first")
            #expect(
                unknown.status == 64 && unknown.errors.contains("`axport runs` lists the runs"),
                "\(unknown.errors)"
            )
        }
    }

    @Test func aRunGoesOnAndWhenItIsKilledItIsUnfinished() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 300 }) { command, sandbox in
            let load = "  - csv: { file: out/devices.csv }"
            try command.write(pipeline(extract: "[devices, coverage]", load: load), to: "test.axport.yaml")
            let run = try command.start("run", "test.axport.yaml")
            while await sandbox.statistics.apiRequests < 3 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await command("runs").output.contains(" running\n"))
            kill(run.processIdentifier, SIGKILL)
            try await run.ended()
            let killed = try await command("runs")
            #expect(killed.output.contains(" unfinished\n"), "\(killed.output)")
            let shown = try await command("runs", "show", "last")
            #expect(shown.output.contains("did not finish"), "\(shown.output)")
        }
    }

    @Test func aTableOfRunsGrowsByOneRowANight() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let history = "\n  - sqlite: { file: out/assets.sqlite, from: runs }"
            try command.write(text + history, to: "night.axport.yaml")
            #expect(try await command("run", "night.axport.yaml").status == 0)
            #expect(
                try sqlite(command, "SELECT pipeline, status, exit_code, ended_at IS NULL, written FROM runs")
                    == "nightly|done|0|1|234"
            )
            _ = try await command("run", "night.axport.yaml")
            _ = try sqlite(
                command,
                """
                CREATE TABLE touched (id TEXT);
                CREATE TRIGGER i AFTER INSERT ON runs BEGIN INSERT INTO touched VALUES ('insert'); END;
                CREATE TRIGGER u AFTER UPDATE ON runs BEGIN INSERT INTO touched VALUES ('update ' || new.run_id); END
                """
            )
            let before = try sqlite(command, "SELECT run_id FROM runs ORDER BY started_at DESC LIMIT 1")
            _ = try await command("run", "night.axport.yaml")
            // The night before is completed, the one before that is left alone.
            #expect(try sqlite(command, "SELECT id FROM touched ORDER BY id") == "insert\nupdate \(before)")
            #expect(
                try sqlite(command, "SELECT ended_at IS NULL, written FROM runs ORDER BY started_at, ended_at IS NULL")
                    == "0|235\n0|2\n1|0"
            )
        }
    }

    @Test func theSummaryIsWrittenWhateverHappens() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            try command.write(
                text.replacing("out/devices.csv", with: "/proc/no/devices.csv").replacing("acme", with: "other"),
                to: "bad.axport.yaml"
            )
            try command.write(text.replacing("devices]", with: "devicess]"), to: "wrong.axport.yaml")

            let run = try await command("run", "night.axport.yaml", "bad.axport.yaml", "--summary", "out/s.json")
            #expect(run.status == 3, "\(run.errors)")
            let summary = try object(try command.read("out/s.json"))
            #expect(summary["exit_code"] as? Int == 3)
            let runs = try #require(summary["runs"] as? [[String: Any]])
            #expect(runs.map { $0["exit_code"] as? Int } == [0, 3])
            #expect(runs.map { $0["source"] as? String } == ["acme", "other"])

            let wrong = try await command("run", "wrong.axport.yaml", "--summary", "out/s.json")
            #expect(wrong.status == 78)
            let failed = try object(try command.read("out/s.json"))
            #expect(failed["exit_code"] as? Int == 78)
            #expect((failed["error"] as? String)?.contains("devicess") == true)
            #expect((failed["runs"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func aSummaryThatCannotBeWrittenIsFoundOutBeforeTheRun() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            let run = try await command("run", "night.axport.yaml", "--summary", "/proc/no/s.json")
            #expect(run.status == 73, "\(run.errors)")
            #expect(!command.exists("out"))
            #expect(try await command("run", "night.axport.yaml", "--summary", "-").status == 64)
        }
    }

    private func object(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }
}
