import Foundation
import TestSupport
import Testing

/// The commands that messages give are run as they stand, in the folder that the program was run in.
@Suite struct AdvisedCommandsTests {
    /// What a message says between back-quotes, with this program for `axport`.
    private static func command(in text: String, beginning: String) throws -> String {
        let begin = try #require(text.range(of: "`\(beginning)"), "\(text)")
        let rest = text[begin.lowerBound...].dropFirst()
        let command = String(rest.prefix { $0 != "`" })
        return command.hasPrefix("axport ") ? "'\(Command.program)' \(command.dropFirst(7))" : command
    }

    private static func shell(_ command: String, in folder: String) async throws -> Program.Run {
        try await Program.running(
            "/bin/sh",
            ["-c", "cd \"$0\" && \(command)", folder],
            environment: ["HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""]
        )
    }

    private static let sources = [
        "source: { platform: sandbox, devices: 400 }",
        """
        sources:
          - { name: "north & south", platform: sandbox, devices: 400 }
        """,
    ]

    @Test(arguments: sources) func rejectedValuesCanBeLookedAt(source: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let name = "it's a test.axport.yaml"
            try command.write(
                "\(source)\nextract: [devices]\ntransform: [imei, eid, mac]\nload: [{ csv: { file: out/{source}.csv } }]\n"
                    .replacing("out/{source}.csv", with: "'out/{source}.csv'"),
                to: name
            )
            let run = try await command("run", name, "--max-rejects", "1")
            #expect(run.status == 3, "\(run.errors)")
            let advised = try Self.command(in: run.errors, beginning: "axport export ")
            let export = try await Self.shell(advised, in: folder)
            #expect(export.status == 0, "\(advised): \(export.errors)")
            #expect(export.output.split(whereSeparator: \.isNewline).count > 10)
        }
    }

    @Test(arguments: ["key.pem", "my key's.pem"]) func aKeyThatOthersCanReadIsClosed(file: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let key = try await Self.shell("openssl ecparam -name prime256v1 -genkey -noout", in: folder)
            try command.write(key.output, to: file)
            try command.write(
                """
                source: { platform: business, client_id: BUSINESSAPI.x, key_id: y, private_key: "${file:\(file)}" }
                extract: [devices]
                load: [{ csv: { file: a.csv } }]
                """,
                to: "test.axport.yaml"
            )
            let mode = try await Self.shell("chmod 644 *.pem", in: folder)
            #expect(mode.status == 0)
            let check = try await command("check", "test.axport.yaml")
            #expect(check.status == 77, "\(check.errors)\(check.output)")
            let text = check.errors + check.output
            let begin = try #require(text.range(of: "run: chmod "))
            let advised = text[begin.lowerBound...].dropFirst(5).prefix { !$0.isNewline }
            let run = try await Self.shell(String(advised), in: folder)
            #expect(run.status == 0, "\(advised): \(run.errors)")
            let again = try await command("check", "test.axport.yaml")
            #expect(again.status == 0, "\(again.errors)")
        }
    }

    @Test func aRunThatIsNotThereIsInTheList() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                "source: { platform: sandbox, devices: 5 }\nextract: [devices]\nload: [{ csv: { file: a.csv } }]\n",
                to: "test.axport.yaml"
            )
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let unknown = try await command("runs", "show", "no-such-run")
            let runs = try await Self.shell(try Self.command(in: unknown.errors, beginning: "axport runs"), in: folder)
            #expect(runs.status == 0, "\(runs.errors)")
            #expect(runs.output.contains("done") || runs.output.contains("test"), "\(runs.output)")
        }
    }

    @Test func aStageShowsItsSettings() async throws {
        try await withTemporaryFolder { folder in
            let stages = try await Command(folder: folder)("stages")
            let advised = try Self.command(in: stages.output, beginning: "axport stages ")
            let run = try await Self.shell(advised.replacing("NAME", with: "postgres"), in: folder)
            #expect(run.output.contains("lock_timeout"), "\(advised): \(run.errors)")
        }
    }
}
