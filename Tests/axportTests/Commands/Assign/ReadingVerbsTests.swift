import Sandbox
import TestSupport
import Testing

/// Only `axport assign apply` writes to Apple.
@Suite struct ReadingVerbsTests {
    @Test func noOtherVerbSendsAWrite() async throws {
        try await withRules { file in
            let command = file.command
            try file.write("\(RulesFile.rules)\n  allow: [unassign, migration, release]")
            try command.write(
                pipeline(extract: "[devices, assignments]", load: "  - csv: { file: a.csv }"),
                to: "l.axport.yaml"
            )
            try command.write(file.free.joined(separator: "\n"), to: "list.csv")
            let list = ["--from", RulesFile.name, "--serials", "list.csv"]
            let soon = "2026-12-24T00:00:00Z"
            for arguments in [
                ["check", RulesFile.name], ["doctor", RulesFile.name, "l.axport.yaml"], ["preview", RulesFile.name],
                ["test", RulesFile.name], ["run", RulesFile.name, "l.axport.yaml"], ["plan", "l.axport.yaml"],
                ["run", "l.axport.yaml", "--full"], ["export", "--columns", "serial_number"], ["runs"],
                ["assign", "plan", RulesFile.name, "-o", "plan.ndjson"], ["assign", "status", RulesFile.name],
                ["assign", "resume", RulesFile.name], ["unassign"] + list,
                ["migration", "update"] + list + ["--by", soon], ["migration", "cancel"] + list,
                ["release"] + list + ["--count", "\(file.free.count)", "--reason", "sold"],
            ] {
                let run = try await command(arguments)
                #expect(run.status != 64 && run.status != 69, "\(arguments): \(run.errors)")
                #expect(file.sandbox.writes.isEmpty, "\(arguments)")
            }
            #expect(await file.sandbox.statistics.requests.values.reduce(0, +) > 20)
        }
    }

    @Test(arguments: [["run"], ["plan"], ["export", "--from"]]) func aVerbForLoadsNamesTheOneForRules(_ verb: [String])
        async throws
    {
        try await withRules { file in
            let run = try await file.command(verb + [RulesFile.name])
            #expect(run.status == 78, "\(run.errors)")
            #expect(run.errors.contains("assigns devices and loads nothing"), "\(run.errors)")
            #expect(run.errors.contains("`axport assign plan 'it'\\''s new.axport.yaml'`"), "\(run.errors)")
            #expect(try await file.command("assign", "plan", RulesFile.name).status == 0)
        }
    }

    @Test func checkRefusesLimitsThatNoRequestCanHave() async throws {
        try await withRules { file in
            try file.write("\(RulesFile.rules)\n  limits: { chunk: 5000, max_activities: 0 }")
            let check = try await file.command("check", RulesFile.name)
            #expect(check.status == 78 && check.errors.contains("chunk must be from 1 to 1000, and is 5000"))
            #expect(check.errors.contains("max_activities must be from 1 to 100, and is 0"), "\(check.errors)")
        }
    }

    @Test func checkTellsTheRules() async throws {
        try await withRules { file in
            let check = try await file.command("check", RulesFile.name)
            #expect(check.status == 0)
            #expect(check.errors.hasPrefix("\(RulesFile.name): ok, 2 rules"), "\(check.errors)")
            #expect(check.errors.contains("from none, default") && check.errors.contains("to Neue"))
        }
    }
}
