import Foundation
import Sandbox
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Places that cannot be written, because somebody else has them or nobody may.
@Suite struct HeldPlaceTests {
    private let csv = pipeline(load: "  - csv: { file: out/devices.csv }")

    @Test(.enabled(if: MountNamespace.isPermitted, MountNamespace.reason))
    func aReadOnlyFolder() async throws {
        try await withSandbox { command, _ in
            let loads = ["csv": "  - csv: { file: out/a.csv }", "sqlite": "  - sqlite: { file: out/a.sqlite }"]
            for (name, load) in loads { try command.write(pipeline(load: load), to: "\(name).axport.yaml") }
            try await MountNamespace.run(
                """
                mkdir out
                axport sqlite-before run sqlite.axport.yaml
                echo old > out/a.csv
                mount --bind out out
                mount -o remount,bind,ro out
                for name in csv sqlite; do axport $name run --offline $name.axport.yaml; done
                ls -A out > names
                cp out/a.csv old
                umount out
                for name in csv sqlite; do axport $name-then run --offline $name.axport.yaml; done
                """,
                command
            )
            let advice = "give this user permission to write there, or choose another path"
            for name in ["csv", "sqlite"] {
                let file = "\(command.folder)/out/a.\(name)"
                try command.expectFailure(
                    name,
                    code: 73,
                    says: "\(name) \(file): cannot write \(file): Read-only file system; \(advice)"
                )
                try command.expectSuccess("\(name)-then")
            }
            #expect(try command.lines("names") == ["a.csv", "a.sqlite"])
            #expect(try command.read("old") == "old\n")
            #expect(try command.lines("out/a.csv").count > 250)
        }
    }

    @Test func aFileThatAnotherRunIsWriting() async throws {
        try await withSandbox { command, _ in
            try command.write(csv, to: "test.axport.yaml")
            try FileManager.default.createDirectory(
                atPath: "\(command.folder)/out",
                withIntermediateDirectories: false
            )
            try command.write("old\n", to: "out/devices.csv")
            let other = open("\(command.folder)/out/.devices.csv.axport", O_RDWR | O_CREAT, 0o640)
            #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 75)
            #expect(
                run.errors.contains(
                    """
                    error: csv \(command.folder)/out/devices.csv: another load is writing \(command.folder)/out/devices.csv
                    hint: wait for that run to end, and \
                    give each load a different file
                    """
                ),
                "\(run.errors)"
            )
            #expect(try command.read("out/devices.csv") == "old\n")
            close(other)
            #expect(try await command("run", "--offline", "test.axport.yaml").status == 0)
            #expect(try command.lines("out/devices.csv").count > 250)
            #expect(try command.files.filter { $0.hasPrefix("out/") } == ["out/devices.csv"])
        }
    }

    @Test(arguments: ["sqlite: { file: out/a.sqlite", "postgres: { url: 'postgresql://ann:hunter2@db.example/assets'"])
    func oneTableInTwoLoads(stage: String) async throws {
        try await withSandbox { command, _ in
            func problems(_ settings: String, and others: String = "") async throws -> String {
                let second = others.isEmpty ? settings : others
                let load = [settings, second].map { "  - \(stage), table: t, \($0) }\n" }.joined()
                try command.write(pipeline(load: load), to: "test.axport.yaml")
                let check = try await command("check", "test.axport.yaml")
                #expect(check.status == (check.errors.contains("error:") ? 78 : 0), "\(check.errors)")
                #expect(!check.errors.contains("hunter2"))
                return check.errors
            }
            let name = stage.prefix { $0 != ":" }
            let adding = try await problems("mode: append, columns: [color]")
            #expect(adding.contains("12:5: error: the load '\(name)' of line 11 already adds rows without a key to t"))
            #expect(adding.contains("`key:`"))
            let replacing = try await problems("mode: replace")
            #expect(replacing.contains("12:5: error: the load '\(name)' of line 11 already replaces the rows of t"))
            for settings in ["mode: append", "mode: merge", "mode: replace, only: 'true'"] {
                let found = try await problems(settings)
                #expect(!found.contains("error:"), "\(found)")
            }
            let apart = try await problems("mode: replace", and: "mode: replace, from: servers, only: 'true'")
            #expect(!apart.contains("error:"), "\(apart)")
        }
    }

    @Test func oneFileInTwoLoads() async throws {
        try await withSandbox { command, sandbox in
            func two(_ second: String) -> String {
                pipeline(load: "  - csv: { file: out/a }\n  - ndjson: { file: \(second) }")
            }
            try command.write(two("out/a"), to: "test.axport.yaml")
            // In any spelling.
            for name in ["out/a", "./out/a"] {
                try command.write(two(name), to: "test.axport.yaml")
                let run = try await command("run", "test.axport.yaml")
                #expect(run.status == 78)
                let message = "the load 'csv' of line 11 already writes \(command.folder)/out/a"
                let hint = "hint: give each load a different file"
                #expect(run.errors == "test.axport.yaml:12:5: error: \(message)\n\(hint)\n")
            }
            #expect(await sandbox.statistics.requests.isEmpty)
            #expect(try command.files.filter { $0.hasPrefix("out/") }.isEmpty)
        }
    }

    @Test func standardOutputMayTakeSeveralLoads() async throws {
        try await withSandbox { command, _ in
            let loads = "  - csv: { file: '-', columns: [serial_number] }\n  - ndjson: { file: '-' }"
            try command.write(pipeline(load: loads), to: "test.axport.yaml")
            #expect(try await command("check", "test.axport.yaml").status == 0)
        }
    }

    @Test func aGuardThatHoldsAFileBackIsReported() async throws {
        try await withSandbox { command, _ in
            func guarded(_ condition: String) -> String {
                pipeline(
                    transform: "[where: \"\(condition)\"]",
                    load: "  - csv: { file: out/a.csv, max_removed: 10% }\n  - ndjson: { file: out/a.ndjson }"
                )
            }
            try command.write(guarded("true"), to: "test.axport.yaml")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let old = try command.read("out/a.csv")
            try command.write(guarded("product_family = 'iPad'"), to: "test.axport.yaml")
            let run = try await command("run", "--offline", "--json", "test.axport.yaml")
            // Nothing but a guard kept it from being whole.
            #expect(run.status == 65)
            let refusal = "refused to publish \(command.folder)/out/a.csv: "
            #expect(run.errors.contains("error: csv \(command.folder)/out/a.csv: \(refusal)"), "\(run.errors)")
            #expect(run.errors.contains("max_removed: 10%; the old file stays\nhint: if these devices really left"))
            #expect(run.output.contains(#""error":"\#(refusal)"#), "\(run.output)")
            #expect(try command.read("out/a.csv") == old)
            #expect(try command.lines("out/a.ndjson").count < 250)
        }
    }
}
