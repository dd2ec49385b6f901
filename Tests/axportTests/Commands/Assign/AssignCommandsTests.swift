import Foundation
import Sandbox
import TestSupport
import Testing

/// From rules to landed devices, as a person and a scheduler do it.
@Suite struct AssignCommandsTests {
    private func mode(_ file: String, in command: Command) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: "\(command.folder)/\(file)")[.posixPermissions] as? Int
    }

    @Test func aPlanIsReadConfirmedSentAndProved() async throws {
        try await withRules { file in
            let (command, free) = (file.command, file.free)
            // An old file that others could read.
            try command.write("", to: "plan.ndjson")
            let plan = try await command("assign", "plan", RulesFile.name, "-o", "plan.ndjson", "--detailed-exitcode")
            #expect(plan.status == 2, "\(plan.errors)")
            #expect(plan.errors.contains("\(free.count) devices to send; "), "\(plan.errors)")
            #expect(plan.errors.hasSuffix("next: axport assign apply plan.ndjson\n"), "\(plan.errors)")
            #expect(try mode("plan.ndjson", in: command) == 0o600)

            let question = "(\(free.count) assign) to Apple. Type the number of devices to go on: "
            let apply = ["assign", "apply", "plan.ndjson"]
            let wrong = try await TypedAnswers.given([(question, "\(free.count + 1)\n")], to: apply, of: command)
            #expect(wrong.status == 64 && wrong.shown.contains("not confirmed; nothing was sent"), "\(wrong.shown)")
            let interrupted = try await TypedAnswers.given([(question, "\u{3}")], to: apply, of: command)
            #expect([130, -2].contains(interrupted.status), "\(interrupted.shown)")
            #expect(file.sandbox.writes.isEmpty)

            let right = try await TypedAnswers.given([(question, "\(free.count)\n")], to: apply, of: command)
            #expect(right.status == 0 && right.shown.contains("\(free.count) landed"), "\(right.shown)")
            #expect(file.devices.filter { $0.serverID == file.targetID }.map(\.serial) == free)

            let again = try await command("assign", "apply", "plan.ndjson", "--yes")
            #expect(again.status == 0 && again.errors == "\(free.count) skipped (already there)\n", "\(again.errors)")
            #expect(file.sandbox.writes.count == 1)
        }
    }

    @Test func theStatusShowsWhatWasSentAndWhatWaits() async throws {
        try await withRules { file in
            let command = file.command
            try command.write("serial_number\n\(file.free[0])\nZZZZZZZZZ1\n", to: "list.csv")
            try file.write(
                """
                rules: [{ name: waiting list, serials: list.csv, to: "\(RulesFile.target)", expect_within: 1s }]
                """
            )
            let none = try await command("assign", "status", RulesFile.name)
            #expect(none.status == 0 && none.errors.hasPrefix("axport has sent no device yet"), "\(none.errors)")
            let first = try await command("assign", "apply", "--auto", RulesFile.name)
            #expect(first.status == 0 && first.errors.contains("1 landed"), "\(first.errors)")
            for _ in 1...2 {
                let status = try await command("assign", "status", RulesFile.name)
                #expect(status.output.contains(file.free.first ?? "landed") || status.output.contains("landed"))
                #expect(!status.output.contains("skipped"))
                #expect(status.errors.contains(": ZZZZZZZZZ1 (rule waiting list)"), "\(status.errors)")
                // The next night, the serial number is overdue.
                try await Task.sleep(for: .seconds(1.1))
                let night = try await command("assign", "apply", "--auto", RulesFile.name)
                #expect(night.status == 3, "\(night.errors)")
                #expect(night.errors.contains("1 serial number is overdue: ZZZZZZZZZ1"), "\(night.errors)")
            }
            #expect(try await command("assign", "status", RulesFile.name, "--limit", "0").status == 64)
        }
    }

    @Test func whatIsOpenIsToldWithTheCommandThatSettlesIt() async throws {
        try await withRules("pending=5m") { file in
            let command = file.command
            try file.write(activityWait: "2s")
            #expect(try await command("assign", "plan", RulesFile.name, "-o", "plan.ndjson").status == 0)
            let running = try command.start("assign", "apply", "plan.ndjson", "--yes")
            while file.sandbox.writes.isEmpty, running.isRunning { try await Task.sleep(for: .milliseconds(20)) }
            let second = try await command("assign", "apply", "plan.ndjson", "--yes")
            #expect(second.status == 75, "\(second.errors)")
            let status = try await command("assign", "status", RulesFile.name)
            #expect(status.status == 0 && status.output.contains("unknown"), "\(status.errors)")
            try await running.ended()
            #expect(running.terminationStatus == 75)

            let third = try await command("assign", "apply", "plan.ndjson", "--yes")
            #expect(third.status == 75, "\(third.errors)")
            let next = try #require(third.errors.split(separator: "\n").last { $0.hasPrefix("next: axport ") })
            let advised = next.dropFirst("next: axport ".count).prefix { $0 != "\n" }.description
                .replacing(" finds out what is unknown; it sends nothing", with: "")
            let resumed = try await Program.running(
                "/bin/sh",
                ["-c", "cd \"$0\" && '\(Command.program)' \(advised)", command.folder],
                environment: ["HOME": command.folder].merging(command.environment) { $1 }
            )
            #expect(resumed.status == 3 && resumed.errors.contains("unknown"), "\(advised): \(resumed.errors)")
            #expect(file.sandbox.writes.count == 1)
        }
    }

    @Test func whatDidNotLandNeedsANewPlan() async throws {
        try await withRules("speed=200", "end=error") { file in
            let command = file.command
            #expect(try await command("assign", "plan", RulesFile.name, "-o", "plan.ndjson").status == 0)
            let apply = try await command("assign", "apply", "plan.ndjson", "--yes")
            #expect(apply.status == 3, "\(apply.errors)")
            #expect(apply.output.contains("not landed"), "\(apply.output)")
            let advised = "assign plan '\(command.folder)/it'\\''s new.axport.yaml' -o plan.ndjson"
            #expect(apply.errors.contains("next: axport \(advised): only a new plan"), "\(apply.errors)")
            let plan = try await Program.running(
                "/bin/sh",
                ["-c", "cd \"$0\" && '\(Command.program)' \(advised)", command.folder],
                environment: ["HOME": command.folder].merging(command.environment) { $1 }
            )
            #expect(plan.status == 0, "\(plan.errors)")
        }
    }

    @Test func theLogIsForItsOwner() async throws {
        try await withRules { file in
            let command = file.command
            #expect(try await command("assign", "apply", "--auto", RulesFile.name).status == 0)
            try command.write("", to: "log.ndjson")
            try command.write(
                pipeline(
                    load: """
                          - ndjson: { from: assignments_log, file: log.ndjson, manifest: true }
                          - ndjson: { file: devices.ndjson }
                          - csv: { from: assignments_log, file: log.csv, permissions: "0640" }
                        """
                ) + "\ninventory: inventory.sqlite\n",
                to: "log.axport.yaml"
            )
            let run = try await command("run", "log.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try mode("log.ndjson", in: command) == 0o600)
            #expect(try mode("log.ndjson.manifest.json", in: command) == 0o600)
            #expect(try mode("devices.ndjson", in: command) != 0o600)
            #expect(try mode("log.csv", in: command) == 0o640)
            #expect(try command.read("log.ndjson").split(separator: "\n").count == file.sandbox.writes[0].serials.count)
        }
    }

    @Test(arguments: [40, 80]) func thePlanFitsTheScreen(columns: Int) async throws {
        try await withRules { file in
            let plan = try await file.command.onTerminal(columns: columns, ["assign", "plan", RulesFile.name])
            #expect(plan.status == 0, "\(plan.written.text)")
            for line in plan.written.lines { #expect(line.count <= columns, "\(line)") }
            for word in ["assign", "no service", "on Apple's built-in service", "Neue Abteilung (leer) 🧪"] {
                #expect(plan.written.text.contains(word), "\(word) in\n\(plan.written.text)")
            }
        }
    }
}
