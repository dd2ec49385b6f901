import Foundation
import TestSupport
import Testing

/// What `axport check` prints, for people, editors and CI.
@Suite struct CheckCommandTests {
    private static let broken = """
        source: { platform: business, client_id: "${env:NOT_SET}", key_id: "${env:NOT_SET}", private_key: "${file:none.pem}" }
        inventory: i.sqlite
        extract: [devices]
        transform: [where: "statuss = 'A'"]
        load:
          - csv: { file: a.csv, columns: [colr] }
          - csv: { file: b.csv, columns: [colr] }
          - csv: { file: "c,d:100%.csv", colums: [color] }
        """

    private func withFile(
        _ text: String = broken,
        _ test: (Command) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            try await test(command)
        }
    }

    @Test func eachCauseIsOneLineAndAllAreCounted() async throws {
        try await withFile { command in
            let run = try await command("check", "night.axport.yaml")
            #expect(run.status == 78)
            #expect(run.output.isEmpty)
            let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("hint: ") }
            #expect(lines.count == 6, "\(run.errors)")
            #expect(lines.first?.contains("NOT_SET is not set (2 times on this line)") == true, "\(run.errors)")
            #expect(lines.contains { $0.hasSuffix("no column 'colr' (also on line 7)") }, "\(run.errors)")
            #expect(lines.contains { $0.contains("no column 'statuss'") }, "\(run.errors)")
            #expect(lines.last == "5 problems in night.axport.yaml")
            // Nobody wants another account in place of a forgotten ID.
            #expect(!run.errors.contains(":-"), "\(run.errors)")
        }
    }

    @Test func aFileThatIsNotUTF8IsRefused() async throws {
        try await withFile("") { command in
            let text = "source: { platform: sandbox }\nextract: [devices]\nname: B\u{FC}ro\n"
            let bytes = text.unicodeScalars.map { UInt8($0.value) }
            try Data(bytes).write(to: URL(fileURLWithPath: "\(command.folder)/night.axport.yaml"))
            for run in [
                try await command("check", "night.axport.yaml"), try await command("run", "night.axport.yaml"),
                try await command("init", "--schedule", "cron", "night.axport.yaml"),
                try await command.reading("night.axport.yaml", ["check", "-"]),
            ] {
                #expect(run.status == 78, "\(run.errors)")
                let problem = ":3:8: error: the file is not UTF-8 text\nhint: save it as UTF-8\n"
                #expect(run.errors.contains(problem), "\(run.errors)")
            }
        }
    }

    @Test func withoutSecretsTheRestIsJudged() async throws {
        try await withFile { command in
            let run = try await command("check", "--without-secrets", "night.axport.yaml")
            #expect(run.status == 78)
            #expect(run.errors.hasSuffix("3 problems in night.axport.yaml\n"), "\(run.errors)")
        }
    }

    @Test func noKeyIsReadAndNoProgramRunsWithoutSecrets() async throws {
        let text = """
            source:
              platform: business
              client_id: { command: [touch, was-run] }
              key_id: k
              private_key: ${file:key.pem}
            extract: [devices]
            load: [csv: { file: "${env:OUT}/a.csv" }]
            """
        try await withFile(text) { command in
            // A key that nobody could use, and that everybody can read.
            try command.write("no key", to: "key.pem", mode: 0o644)
            var command = command
            command.environment = ["HOME": "", "STATE_DIRECTORY": ""]
            let run = try await command("check", "--without-secrets", "night.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("‹OUT›/a.csv"), "\(run.errors)")
            #expect(try command.files.sorted() == ["key.pem", "night.axport.yaml"])
        }
    }

    private struct Finding: Decodable, Equatable {
        var file: String
        var line, column: Int
        var severity, message: String
        var hint: String?
    }

    @Test func editorsReadAnArray() async throws {
        try await withFile { command in
            let run = try await command("check", "--without-secrets", "--format", "json", "night.axport.yaml")
            #expect(run.status == 78)
            #expect(run.errors.isEmpty)
            let found = try JSONDecoder().decode([Finding].self, from: Data(run.output.utf8))
            // Each place has its own.
            #expect(found.map(\.line) == [4, 6, 7, 8])
            #expect(found[0].column == 20 || found[0].column == 21)
            #expect(
                found[3]
                    == Finding(
                        file: "night.axport.yaml",
                        line: 8,
                        column: found[3].column,
                        severity: "error",
                        message: "no setting 'colums'",
                        hint: "did you mean 'columns'?"
                    )
            )
            try command.write(
                "source: { platform: sandbox }\nextract: [devices]\nload: [csv: { file: a.csv }]\n",
                to: "good.yaml"
            )
            let good = try await command("check", "--format", "json", "good.yaml")
            #expect(good.status == 0)
            #expect(good.output == "[]\n")
            let none = try await command("check", "--format", "json", "nowhere.yaml")
            #expect(none.status == 78)
            #expect(try JSONDecoder().decode([Finding].self, from: Data(none.output.utf8)).map(\.line) == [1])
        }
    }

    @Test func gitHubReadsWorkflowCommands() async throws {
        try await withFile { command in
            let path = "\(command.folder)/night.axport.yaml"
            try FileManager.default.moveItem(atPath: path, toPath: "\(command.folder)/a,b:100%.yaml")
            let run = try await command(
                "check",
                "--without-secrets",
                "--format",
                "github",
                "\(command.folder)/a,b:100%.yaml"
            )
            #expect(run.status == 78)
            let lines = run.output.split(separator: "\n")
            #expect(lines.count == 4, "\(run.output)")
            #expect(
                lines.last?.hasPrefix("::error file=a%2Cb%3A100%25.yaml,line=8,col=") == true
                    && lines.last?.hasSuffix("::no setting 'colums'%0Ahint: did you mean 'columns'?") == true,
                "\(run.output)"
            )
        }
    }

    @Test func aFileThatIsRightHasALineForEachLoad() async throws {
        let text = """
            sources:
              - { name: acme, platform: sandbox }
              - { name: best, platform: sandbox }
            extract: [devices]
            load:
              - csv: { file: "out/{source}-with-a-name-that-is-longer-than-people-would-like-to-read-it.csv" }
              - postgres: { url: "postgresql:///x", table: assets.devices }
              - sqlite: { file: out/a.sqlite, table: devices }
            """
        try await withFile(text) { command in
            let run = try await command("check", "night.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let lines = run.errors.split(separator: "\n")
            #expect(lines.count == 4, "\(run.errors)")
            #expect(lines.first == "night.axport.yaml: ok, 3 loads for acme, best")
            #expect(lines.contains { $0.contains("postgres") && $0.contains("assets.devices") })
            #expect(lines.contains { $0.contains("out/a.sqlite (devices)") }, "\(run.errors)")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(run.errors)")
        }
    }

    @Test func onANarrowTerminalEveryLoadIsThere() async throws {
        let text = """
            source: { platform: sandbox }
            extract: [devices]
            load:
              - csv: { file: out/devices-of-the-organization.csv, columns: [serial_number] }
              - postgres: { url: "postgresql:///x", table: assets.devices, columns: [serial_number] }
            """
        try await withFile(text) { command in
            let run = try await command.onTerminal(columns: 30, ["check", "night.axport.yaml"])
            #expect(run.status == 0, "\(run.written.text)")
            let all = run.written.text
            #expect(all.contains("  csv\n") && all.contains("  postgres\n"), "\(all)")
            #expect(all.contains("assets.devices") && !all.contains("columns 1 column"), "\(all)")
        }
    }

    @Test func everyShippedPipelineIsRightWithoutSecrets() async throws {
        let files = try Repository.files(in: "pipelines", suffix: ".axport.yaml").map(Repository.path)
        #expect(files.count >= 20)
        try await withTemporaryFolder { folder in
            let run = try await Program.running(
                "/usr/bin/env",
                ["-i", Command.program, "check", "--without-secrets"] + files
            )
            #expect(run.status == 0, "\(run.errors)")
            #expect(!run.errors.contains("warning:"), "\(run.errors)")
        }
    }

    @Test func aFileWithHundredsOfProblemsTakesAMoment() async throws {
        let loads = (1...200).map { "  - csv: { file: a\($0).csv, columns: [colr\($0)x] }\n" }.joined()
        try await withFile("source: { platform: sandbox }\nextract: [devices]\nload:\n\(loads)") { command in
            let start = ContinuousClock.now
            let run = try await command("check", "night.axport.yaml")
            #expect(run.errors.contains("200 problems in night.axport.yaml"))
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }
}
