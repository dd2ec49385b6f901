import Foundation
import TestSupport
import Testing

/// `axport runs --stale`, as a watchdog asks.
@Suite struct StaleRunsTests {
    private let text = """
        name: nightly
        source: { platform: sandbox, name: acme, devices: 30 }
        extract: [devices]
        load: [csv: { file: out/devices.csv }]
        """

    private func sqlite(_ command: Command, _ source: String, _ sql: String) throws {
        let path = "\(command.folder)/.local/state/axport/\(source).sqlite"
        let run = try Program.run("/usr/bin/env", ["sqlite3", path, sql])
        try #require(run.status == 0, "\(run.errors)")
    }

    @Test func withoutAnInventoryNothingHasSucceeded() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            let any = try await command("runs", "--stale", "26h")
            #expect(any.status == 1 && any.output == "stale: no inventory\n", "\(any.output)\(any.errors)")
            let named = try await command("runs", "--stale", "26h", "--from", "night.axport.yaml")
            #expect(named.status == 1)
            let path = "\(folder)/.local/state/axport/acme.sqlite"
            #expect(
                named.output
                    == "stale: nightly, source acme: no inventory \(path), so no run has succeeded\n"
            )
            #expect(named.errors.hasPrefix("hint: `axport runs` lists the runs"))
            #expect(try await command("runs", "--stale", "26h", "--json").status == 64)
            #expect(try await command("runs", "--stale", "soon").status == 64)
        }
    }

    @Test func theAgeOfTheLastSuccessCountsWhateverCameAfterIt() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            #expect(try await command("run", "night.axport.yaml").status == 0)
            let fresh = try await command("runs", "--stale", "26h")
            #expect(fresh.status == 0 && fresh.output.hasPrefix("ok: source acme: last succeeded "), "\(fresh.output)")
            try sqlite(
                command,
                "acme",
                "UPDATE run SET started_at = started_at - 108000000000, ended_at = ended_at - 108000000000"
            )
            // Neither brings anything up to date.
            #expect(try await command("run", "--offline", "night.axport.yaml").status == 0)
            #expect(try await command("export", "--from", "night.axport.yaml", "-o", "a.csv").status == 0)
            for arguments in [["runs", "--stale", "26h"], ["runs", "--stale", "26h", "--from", "night.axport.yaml"]] {
                let stale = try await command(arguments)
                #expect(stale.status == 1, "\(stale.output)")
                #expect(stale.output.hasPrefix("stale: ") && stale.output.hasSuffix(" (UTC), 30 h 0 min ago\n"))
            }
            #expect(try await command("runs", "--stale", "31h").status == 0)
            // A clock that was ahead tells no age.
            try sqlite(command, "acme", "UPDATE run SET ended_at = ended_at + 1000000000000000")
            #expect(try await command("runs", "--stale", "31h").status == 1)
        }
    }

    @Test func oneSourceOfSeveralThatIsStaleIsEnough() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                name: both
                sources:
                  - { platform: sandbox, name: acme, devices: 30 }
                  - { platform: sandbox, name: hill, devices: 20, seed: 2 }
                extract: [devices]
                load: [csv: { file: "out/{source}.csv" }]
                """,
                to: "all.axport.yaml"
            )
            #expect(try await command("run", "all.axport.yaml").status == 0)
            try sqlite(command, "hill", "UPDATE run SET ended_at = ended_at - 108000000000")
            let stale = try await command("runs", "--stale", "26h", "--from", "all.axport.yaml")
            #expect(stale.status == 1)
            let lines = stale.output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("ok: both, source acme: "), "\(lines)")
            #expect(lines[1].hasPrefix("stale: both, source hill: last succeeded "), "\(lines)")
            let one = try await command("runs", "--stale", "26h", "--from", "all.axport.yaml", "--source", "acme")
            #expect(one.status == 0)
        }
    }
}
