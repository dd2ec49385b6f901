import Foundation
import Sandbox
import TestSupport
import Testing

/// What `show` tells of the past of a device and of its state, in words.
@Suite struct ShowHistoryTests {
    private func sqlite(_ command: Command, _ sql: String) throws -> String {
        let path = "\(command.folder)/.local/state/axport/acme.sqlite"
        let run = try Program.run("/usr/bin/env", ["sqlite3", path, sql])
        try #require(run.status == 0, "\(run.errors)")
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Three nights of an organization.
    private func withNights(_ test: (Command) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                name: nightly
                source: { name: acme, platform: sandbox, devices: 400 }
                extract: [devices, assignments, coverage, activation_lock]
                load: [csv: { file: all.csv }]
                """,
                to: "nightly.axport.yaml"
            )
            for night in 1...3 {
                let run = try await command("run", "nightly.axport.yaml", "--set", "source.night=\(night)", "--full")
                #expect([0, 3].contains(run.status), "\(run.errors)")
            }
            try await test(command)
        }
    }

    @Test func eachKindOfChangeHasItsWords() async throws {
        let kinds = [
            ("added", "first on Apple's list"), ("vanished", "missing from Apple's list: it left the organization"),
            ("returned", "on Apple's list again"), ("reassigned", "server_id: "),
        ]
        try await withNights { command in
            for (kind, words) in kinds {
                let changed =
                    "SELECT serial FROM change JOIN device ON device.id = device WHERE kind = '\(kind)' LIMIT 1"
                let serial = try sqlite(command, changed)
                let show = try await command("show", serial, "--from", "nightly.axport.yaml")
                let history = try #require(show.output.components(separatedBy: "History (UTC)\n").dropFirst().first)
                #expect(history.contains(#/(?m)^  20\d\d-\d\d-\d\d \d\d:\d\d:\d\d  /#), "\(history)")
                #expect(history.contains("  \(words)"), "\(kind): \(history)")
            }
        }
    }

    @Test func recordsOfCoverageAreCountedNotQuoted() async throws {
        try await withNights { command in
            let row = try sqlite(
                command,
                """
                SELECT serial, json_array_length(before), json_array_length(after)
                FROM change JOIN device ON device.id = device WHERE kind = 'coverage' LIMIT 1
                """
            ).split(separator: "|")
            try #require(row.count == 3)
            func records(_ count: Substring) -> String { "\(count) record\(count == "1" ? "" : "s")" }
            let show = try await command("show", String(row[0]), "--from", "nightly.axport.yaml")
            let words = "coverage changed: \(records(row[1])) → \(records(row[2]))\n"
            #expect(show.output.contains(words), "\(show.output)")
        }
    }

    @Test func theActivationLockIsToldInWords() async throws {
        let answers = [
            (#"{"isLocked":false,"lockType":"NONE"}"#, "unlocked, as Apple"),
            (#"{"isLocked":true,"lockType":"MDM"}"#, "locked by MDM, as Apple"),
            (#"{"isLocked":true,"lockType":"USER"}"#, "locked by a user, as Apple"),
            (#"{"isLocked":true,"lockType":"NEW"}"#, "locked by 'new', as Apple"),
            (#"{"isLocked":false}"#, "unlocked, as Apple"),
        ]
        try await withNights { command in
            for (answer, words) in answers {
                let serial = try sqlite(
                    command,
                    """
                    UPDATE activation_lock SET answer = '\(answer)'
                      WHERE id = (SELECT min(id) FROM activation_lock WHERE answer IS NOT NULL);
                    SELECT serial FROM device
                      WHERE id = (SELECT min(id) FROM activation_lock WHERE answer IS NOT NULL)
                    """
                )
                let show = try await command("show", serial, "--from", "nightly.axport.yaml")
                #expect(show.output.contains("\n  activation lock         \(words)"), "\(answer): \(show.output)")
            }
        }
    }

    /// An assignment changes nothing in the inventory; the next run reads where the devices are.
    @Test func whatAxportAssignedIsToldUntilARunHasReadIt() async throws {
        try await withRules { file in
            let (command, serial) = (file.command, try #require(file.free.first))
            let apply = try await command("assign", "apply", "--auto", RulesFile.name)
            #expect(apply.status == 0, "\(apply.errors)")
            let sent = "axport sent assign to \(RulesFile.target)"
            let show = try await command("show", serial, "--from", RulesFile.name)
            let service = "  service                 none, until \(sent); the next run reads where it is\n"
            #expect(show.output.contains(service), "\(show.output)")
            #expect(show.output.contains("\(sent) by ") && show.output.contains(": landed\n"), "\(show.output)")

            // This reads the lists again.
            let plan = try await command("assign", "plan", RulesFile.name)
            #expect(plan.status == 0, "\(plan.errors)")
            let after = try await command("show", serial, "--from", RulesFile.name)
            #expect(after.output.contains("  service                 \(RulesFile.target) ("), "\(after.output)")
            #expect(!after.output.contains("until axport sent"), "\(after.output)")
            #expect(after.output.contains("\(sent) by "), "\(after.output)")
        }
    }

    /// A second apply of the same plan sends nothing.
    @Test func whatAxportDidNotSendIsToldAsThat() async throws {
        try await withRules { file in
            let (command, serial) = (file.command, try #require(file.free.first))
            #expect(try await command("assign", "plan", RulesFile.name, "-o", "plan.ndjson").status == 0)
            for _ in 1...2 { #expect(try await command("assign", "apply", "plan.ndjson", "--yes").status == 0) }
            let show = try await command("show", serial, "--from", RulesFile.name)
            let lines = show.output.split(separator: "\n").filter { $0.contains("axport") && $0.contains(" by ") }
            #expect(lines.count == 2, "\(show.output)")
            #expect(
                lines.first?.contains("  axport sent assign to ") == true && lines.first?.hasSuffix(": landed") == true
            )
            #expect(lines.last?.contains("  axport did not send assign to ") == true, "\(lines)")
            #expect(lines.last?.hasSuffix(": skipped: already there") == true, "\(lines)")
            #expect(show.output.contains(", until axport sent assign to "), "\(show.output)")
        }
    }
}
