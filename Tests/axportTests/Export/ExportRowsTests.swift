import Foundation
import Sandbox
import TestSupport
import Testing

/// Which rows an export has, and what it says of them.
@Suite struct ExportRowsTests {
    private func lines(_ output: String) -> Int { output.split(separator: "\r\n").count - 1 }

    @Test func devicesThatLeftAreExportedIfAsked() async throws {
        try await withSandbox { command, sandbox in
            #expect(try await command("export").status == 0)
            let listed = sandbox.listedCount
            let first = sandbox.fleet.serial(at: 0)
            try sqlite(command, "UPDATE device SET removed_at = 1 WHERE serial <> '\(first)' AND id % 10 = 0")
            let export = ["export", "--offline", "--columns", "serial_number"]
            let usual = lines(try await command(export).output)
            let only = lines(try await command(export + ["--removed", "only"]).output)
            let both = lines(try await command(export + ["--removed", "include"]).output)
            #expect(usual + only == both && both == listed && only > 0)
        }
    }

    @Test func aConditionOnDevicesThatLeftIsToldWhatItMisses() async throws {
        try await withSandbox { command, _ in
            #expect(try await command("export").status == 0)
            try sqlite(command, "UPDATE device SET removed_at = 1 WHERE id = 1")
            let condition = ["export", "--offline", "--columns", "serial_number", "--where", "removed_at IS NOT NULL"]
            let none = try await command(condition)
            #expect(lines(none.output) == 0)
            #expect(
                none.errors.contains(
                    "1 row is left out, because the devices left the organization\nhint: `--removed include` exports them, too"
                ),
                "\(none.errors)"
            )
            let found = try await command(condition + ["--removed", "include"])
            #expect(lines(found.output) == 1 && !found.errors.contains("left out"), "\(found.errors)")
            let others = try await command("export", "--offline", "--where", "product_family = 'iPad'")
            #expect(!others.errors.contains("left out"), "\(others.errors)")
        }
    }

    @Test func onlyRejectsOfItsOwnRowsAreCounted() async throws {
        try await withSandbox { command, _ in
            let all = try await command("export")
            let refused = try #require(all.errors.firstMatch(of: /(\d+) values? rejected/)?.output.1)
            #expect(Int(refused) ?? 0 > 0)
            let none = try await command("export", "--offline", "--where", "FALSE")
            #expect(none.errors.contains("0 rows in ") && !none.errors.contains("rejected"), "\(none.errors)")
            let plain = try await command("export", "--offline", "--columns", "serial_number,color")
            #expect(!plain.errors.contains("rejected"), "\(plain.errors)")
        }
    }

    @Test func aRefusedListNamesAnOptionOfExport() async throws {
        try await withSandbox { command, sandbox in
            #expect(try await command("export", "--columns", "serial_number").status == 0)
            var short = SandboxSwitches()
            short.list = .short
            await sandbox.setSwitches(short)
            let refused = try await command("export", "--columns", "serial_number")
            #expect(refused.status == 65)
            let advice = try #require(
                refused.errors.firstMatch(of: /`axport (export --accept-removals \d+)`/)?.output.1
            )
            let run = try await command(advice.split(separator: " ").map(String.init) + ["--columns", "serial_number"])
            #expect(run.status == 0 && lines(run.output) > 0, "\(run.errors)")
        }
    }

    @Test func aFileIsAcceptedByItsOwnCommand() async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("export", "--from", "p.axport.yaml", "--accept-removals", "3")
            #expect(run.status == 64 && run.errors.contains("use `axport run p.axport.yaml --accept-removals 3`"))
        }
    }

    private func sqlite(_ command: Command, _ statement: String) throws {
        let files = try Program.run("/usr/bin/find", [command.folder, "-name", "*.sqlite"])
        let file = try #require(files.output.split(separator: "\n").first)
        let run = try Program.run("/usr/bin/env", ["sqlite3", String(file), statement])
        #expect(run.status == 0, "\(run.errors)")
    }
}
