import Foundation
import Sandbox
import TestSupport
import Testing

/// Several organizations: a line for each that works, then the troubles, each cause once.
@Suite struct SeveralSourcesDoctorTests {
    private func withSources(_ test: (Command, RunningSandbox) async throws -> Void) async throws {
        try await withSandbox(.with(devices: 30)) { command, sandbox in
            try command.write(command.read("account/private-key.pem"), to: "other.pem", mode: 0o600)
            let sources = [
                sandboxSource("north"),
                sandboxSource("south").replacing("${env:AXPORT_TOKEN_URL}", with: "http://127.0.0.1:9/token"),
                sandboxSource("east", key: "missing.pem"),
                sandboxSource("west").replacing("${env:AXPORT_TOKEN_URL}", with: "http://127.0.0.1:9/token"),
            ]
            try command.write(
                """
                sources:
                \(sources.joined(separator: "\n"))
                extract: [devices]
                load:
                  - csv: { file: "out/{source}.csv" }
                """,
                to: "night.axport.yaml"
            )
            try await test(command, sandbox)
        }
    }

    @Test func failuresComeLastAndEachCauseOnce() async throws {
        try await withSources { command, _ in
            let run = try await command("doctor", "night.axport.yaml")
            #expect(run.status == 78, "\(run.output)")
            let lines = run.output.split(separator: "\n").map(String.init)
            #expect(
                lines.contains { $0.hasPrefix("✓ north: ") && $0.contains("token") && $0.contains("devices") },
                "\(run.output)"
            )
            #expect(
                run.output.components(separatedBy: "127.0.0.1:9 refused the connection").count == 2,
                "\(run.output)"
            )
            #expect(lines.contains { $0.hasPrefix("✗ south, west: connection: ") }, "\(run.output)")
            #expect(run.output.contains("missing.pem: the file does not exist (source 'east')"), "\(run.output)")
            let firstFailure = try #require(lines.firstIndex { $0.hasPrefix("✗") })
            #expect(!lines[firstFailure...].contains { $0.hasPrefix("✓") || $0.hasPrefix("·") || $0.hasPrefix("!") })
        }
    }

    @Test func oneSourceCanBeChosen() async throws {
        try await withSources { command, _ in
            let run = try await command("doctor", "night.axport.yaml", "--source", "north")
            #expect(run.status == 0, "\(run.output)")
            #expect(!run.output.contains("south"))
            let unknown = try await command("doctor", "night.axport.yaml", "--source", "nort")
            #expect(unknown.status == 64)
            #expect(unknown.errors.contains("did you mean 'north'?"))
        }
    }

    @Test func aNewKeyIsOfOneSource() async throws {
        try await withSources { command, _ in
            let run = try await command("doctor", "night.axport.yaml", "--key", "other.pem")
            #expect(run.status == 64)
            #expect(run.errors.contains("choose it with --source"), "\(run.errors)")
            let chosen = try await command("doctor", "night.axport.yaml", "--source", "north", "--key", "other.pem")
            #expect(chosen.status == 0, "\(chosen.output)")
            #expect(chosen.output.contains("Apple accepts the new key"), "\(chosen.output)")
        }
    }

    @Test func everyFileIsExaminedAndThoseThatFailComeLast() async throws {
        try await withSources { command, _ in
            try command.write(pipeline(load: "  - csv: { file: one.csv }"), to: "one.axport.yaml")
            let run = try await command("doctor", "nowhere.axport.yaml", "night.axport.yaml", "one.axport.yaml")
            #expect(run.status == 78)
            #expect(run.output.hasPrefix("one.axport.yaml\n"), "\(run.output)")
            #expect(run.output.contains("✗ file: cannot read nowhere.axport.yaml"))
        }
    }
}
