import Foundation
import Sandbox
import TestSupport
import Testing

/// What the verbs that assign devices refuse, with which exit code, and what stays as it was.
@Suite struct AssignRefusalsTests {
    @Test func aPlanBeyondALimitIsShownAndNotWritten() async throws {
        try await withRules { file in
            let command = file.command
            try file.write("\(RulesFile.rules)\n  limits: { max_devices: 1 }", to: "few.axport.yaml")
            let plan = try await command("assign", "plan", "few.axport.yaml", "-o", "plan.ndjson")
            #expect(plan.status == 65 && plan.errors.contains("max_devices is 1"), "\(plan.errors)")
            #expect(plan.output.contains("assign") && plan.output.contains("others"), "\(plan.output)")
            #expect(!command.exists("plan.ndjson"))
            let night = try await command("assign", "apply", "--auto", "few.axport.yaml")
            #expect(night.status == 65 && night.output == plan.output, "\(night.errors)")

            try file.write("allow: [release]", to: "sold.axport.yaml")
            try command.write(file.free.joined(separator: "\n"), to: "sold.csv")
            let release = try await command([
                "release", "--from", "sold.axport.yaml", "--serials", "sold.csv", "--count", "1", "--reason", "sold",
                "-o",
                "plan.ndjson",
            ])
            #expect(release.status == 65 && release.output.contains("release"), "\(release.errors)")
            #expect(!command.exists("plan.ndjson"))
            #expect(file.sandbox.writes.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("rules: [{ name: a, where: \"1\" }]", "rule needs 'to': The service to assign them to"),
            ("rules: [{ name: a, where: \"1\", to: none }]", "rule 'a': rules assign to a service, and 'none' is none"),
            ("rules: [{ name: a, where: \"1\", to: b, frm: [x] }]", "no setting 'frm'"),
            ("rules: [{ name: a, to: b }]", "rule 'a': it needs 'where', 'serials', or both"),
            ("rules: [{ name: a, serials: no.csv, to: b }]", "the file does not exist"),
            (
                "rules: [{ name: a, where: \"1\", to: b, expect_within: 1d }]",
                "rule 'a': only serial numbers of a list can be expected"
            ),
            (
                "rules: [{ name: a, where: \"1\", to: b }, { name: a, where: \"0\", to: b }]",
                "has the same name"
            ),
            ("allow: [everything]", "expected unassign"), ("rules:", "'assign' needs 'rules', or 'allow'"),
            ("rules: []", "'assign' needs 'rules', or 'allow'"), ("allow: []", "'assign' needs 'rules', or 'allow'"),
            ("protect: \"status = 'x'\"", "'assign' needs 'rules', or 'allow'"),
        ]
    )
    func aMistakeInTheSectionIsToldOnce(section: String, message: String) async throws {
        try await withRules { file in
            try file.write(section)
            let check = try await file.command("check", RulesFile.name)
            #expect(check.status == 78 && check.errors.contains(message), "\(check.errors)")
            #expect(check.errors.contains("1 problem in \(RulesFile.name)"), "\(check.errors)")
        }
    }

    @Test func onlyAPlanOfTheFileAsItIsIsApplied() async throws {
        try await withRules { file in
            let command = file.command
            #expect(try await command("assign", "plan", RulesFile.name, "-o", "plan.ndjson").status == 0)
            let text = try command.read("plan.ndjson")
            for (edit, message) in [
                (text.replacing("\"send\":", with: "\"sent\":"), "was edited or is not complete"),
                (text.split(separator: "\n").dropLast().joined(separator: "\n"), "was edited or is not complete"),
                (text.replacing("plan 1\"", with: "plan 99\""), "is a plan of another version of axport"),
                (try command.read(RulesFile.name), "is not a plan"), ("", "is not a plan"),
            ] {
                try command.write(edit, to: "edited.ndjson")
                let apply = try await command("assign", "apply", "edited.ndjson", "--yes")
                #expect(apply.status == 65 && apply.errors.contains(message), "\(message): \(apply.errors)")
            }
            let silent = try await command("assign", "apply", "plan.ndjson")
            #expect(silent.status == 64 && silent.errors.contains("add --yes"), "\(silent.errors)")
            let missing = try await command("assign", "apply", "none.ndjson", "--yes")
            #expect(missing.status == 64, "\(missing.errors)")
            // Whoever reads the question knows already that the plan can be applied.
            try file.write("\(RulesFile.rules)\n  limits: { max_devices: 40 }")
            let changed = try await TypedAnswers.given([], to: ["assign", "apply", "plan.ndjson"], of: command)
            #expect(changed.status == 65, "\(changed.shown)")
            #expect(changed.shown.contains("has changed since the plan was made"), "\(changed.shown)")
            #expect(!changed.shown.contains("Type the number"))
            #expect(file.sandbox.writes.isEmpty)
        }
    }

    @Test func aRoleWithoutTheRightIsNamed() async throws {
        try await withRules(role: .noAssignment) { file in
            let command = file.command
            #expect(try await command("assign", "plan", RulesFile.name, "-o", "plan.ndjson").status == 0)
            for _ in 1...2 {
                let apply = try await command("assign", "apply", "plan.ndjson", "--yes")
                #expect(apply.status == 77, "\(apply.errors)")
                #expect(apply.errors.contains("“Assign devices to device management services”"), "\(apply.errors)")
            }
            #expect(file.devices.allSatisfy { $0.serverID != file.targetID })
        }
    }

    @Test func servicesThatNoDeviceCanBeAssignedToAreTold() async throws {
        try await withRules { file in
            let targets = ["nobody", "=OLD-MDM,\"decommissioned\"", "Devices Added by Apple Configurator 2"]
            let rules = targets.enumerated().map { "{ name: r\($0), where: '1', to: '\($1)' }" }
            try file.write("rules: [\(rules.joined(separator: ", "))]")
            let plan = try await file.command("assign", "plan", RulesFile.name)
            #expect(plan.status == 78)
            for (number, what) in ["no service has the name", "status INACTIVE", "Apple Configurator"].enumerated() {
                #expect(
                    plan.errors.contains("error: rule 'r\(number)': ") && plan.errors.contains(what),
                    "\(plan.errors)"
                )
            }
        }
    }

    @Test(arguments: [
        ("serial_number\nC02AA\nC0$2\n", "list.csv:3: 'C0$2' is not a serial number"),
        ("name,place\na,b\n", "no column is named serial_number"), ("", "list.csv has no serial number"),
    ])
    func aListWithBadLinesIsRefused(_ text: String, _ message: String) async throws {
        try await withRules { file in
            let command = file.command
            try file.write("allow: [unassign, migration]")
            try command.write(text, to: "list.csv")
            let run = try await command("unassign", "--from", RulesFile.name, "--serials", "list.csv")
            #expect(run.status == 64 && run.errors.contains(message), "\(run.errors)")
        }
    }

    @Test func aFileAllowsWhatItSays() async throws {
        try await withRules { file in
            let command = file.command
            try command.write(file.free.joined(separator: "\n"), to: "list.csv")
            let list = ["--from", RulesFile.name, "--serials", "list.csv"]
            let denied = try await command(["unassign"] + list)
            #expect(denied.status == 64 && denied.errors.contains("`allow: [unassign]`"), "\(denied.errors)")
            try file.write("allow: [unassign, migration, release]")
            let plan = try await command("assign", "plan", RulesFile.name)
            #expect(plan.status == 78 && plan.errors.contains("`axport unassign --help`"), "\(plan.errors)")
            let planned = try await command(["unassign"] + list)
            #expect(planned.status == 0 && planned.output.contains("on no service"), "\(planned.errors)")
            for (deadline, what) in [("2020-01-01T00:00:00Z", "in the past"), ("2099-01-01T00:00:00Z", "90 days")] {
                let update = try await command(["migration", "update"] + list + ["--by", deadline])
                #expect(update.status == 64 && update.errors.contains(what), "\(update.errors)")
            }
            #expect(try await command(["migration", "cancel"] + list).status == 0)
        }
    }
}
