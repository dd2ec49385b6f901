import Foundation
import Records
import Stages
import TestSupport
import Testing

@testable import axport

/// Programs that a pipeline file names as the source of a value.
@Suite struct ProgramOutputTests {
    private func shell(_ script: String, within time: Duration = .seconds(20)) -> Result<String, Problem> {
        ProgramOutput.read(["sh", "-c", script], within: time)
    }

    private func problem(_ result: Result<String, Problem>) -> String? {
        if case .failure(let problem) = result { problem.message } else { nil }
    }

    @Test func oneLineBreakAtTheEndIsDropped() throws {
        #expect(try shell("printf 'a\\nb\\n\\n'").get() == "a\nb\n")
        #expect(try shell("printf 'a\\r\\n'").get() == "a")
        #expect(try shell("printf a").get() == "a")
    }

    @Test func argumentsArriveAsTheyAre() throws {
        let arguments = ["printf", "%s|%s", "a b; $(id)", "'\"*"]
        #expect(try ProgramOutput.read(arguments).get() == "a b; $(id)|'\"*")
    }

    @Test func whatGoesWrongIsSaid() {
        #expect(problem(ProgramOutput.read(["axport-no-such-program"])) == "cannot run: it was not found")
        #expect(problem(ProgramOutput.read(["/axport/no/such/program"])) == "cannot run: it was not found")
        #expect(
            problem(shell("echo one; echo 'item is locked' >&2; exit 3")) == "ended with exit code 3: item is locked"
        )
        #expect(problem(shell("exit 4")) == "ended with exit code 4")
        #expect(problem(shell("true")) == "printed nothing")
        #expect(problem(shell("printf '\\377'")) == "printed something that is not UTF-8 text")
    }

    /// And what it started ends with it.
    @Test func oneThatDoesNotEndIsStopped() async throws {
        try await withTemporaryFolder { folder in
            let begun = Date()
            let result = shell("(sleep 3; touch '\(folder)/late') & sleep 60", within: .milliseconds(500))
            #expect(problem(result) == "did not end within 0 seconds")
            #expect(Date().timeIntervalSince(begun) < 20)
            try await Task.sleep(for: .seconds(4))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/late"))
        }
    }

    /// A vault's client may leave an agent behind, which keeps its output open.
    @Test func anAgentThatStaysDoesNotHoldItUp() throws {
        let begun = Date()
        #expect(try shell("sleep 15 & echo key").get() == "key")
        #expect(Date().timeIntervalSince(begun) < 10)
    }

    @Test func itGetsNoInputAndAllOfItsOutputIsRead() throws {
        #expect(try shell("cat; head -c 300000 /dev/zero | tr '\\0' a").get().count == 300_000)
        #expect(problem(shell("head -c 5000000 /dev/zero | tr '\\0' a")) != nil)
    }

    @Test(arguments: [0o600, 0o644, 0o666]) func aRunGetsItsKeyFromAProgram(mode: Int) async throws {
        try await withSandbox { command, _ in
            let yaml = """
                source:
                  platform: business
                  api_url: ${env:AXPORT_API_URL}
                  token_url: ${env:AXPORT_TOKEN_URL}
                  client_id: { command: [printenv, AXPORT_CLIENT_ID] }
                  key_id: { command: [sh, -c, 'printenv "$0"', AXPORT_KEY_ID] }
                  private_key: { command: [cat, "${env:AXPORT_PRIVATE_KEY_FILE}"] }
                inventory: i.sqlite
                extract: [devices]
                load: [{ csv: { file: a.csv } }]
                """
            try command.write(yaml, to: "t.axport.yaml", mode: mode)
            let key = try command.read("account/private-key.pem").split(separator: "\n")[1]
            for verb in ["check", "run"] {
                let run = try await command(verb, "t.axport.yaml")
                #expect(run.status == (mode == 0o666 ? 77 : 0), "\(run.errors)")
                #expect(!(run.output + run.errors).contains(key))
                guard mode == 0o666 else { continue }
                #expect(
                    run.errors.contains("t.axport.yaml:5:14: error: no command runs: t.axport.yaml can be changed by")
                )
                #expect(!command.exists("i.sqlite"))
            }
            if mode == 0o666 {
                // What the hint says helps.
                let chmod = try await Program.running(
                    "/bin/sh",
                    ["-c", "chmod go-w '\(command.folder)/t.axport.yaml'"]
                )
                #expect(chmod.status == 0)
                #expect(try await command("run", "t.axport.yaml").status == 0)
            }
        }
    }

    @Test func aKeyInAVariableMayHaveLostItsLineBreaks() async throws {
        try await withSandbox { command, _ in
            var command = command
            command.environment["KEY"] = try command.read("account/private-key.pem").replacing("\n", with: "\\n")
            try command.write(
                """
                source:
                  platform: business
                  api_url: ${env:AXPORT_API_URL}
                  token_url: ${env:AXPORT_TOKEN_URL}
                  client_id: ${env:AXPORT_CLIENT_ID}
                  key_id: ${env:AXPORT_KEY_ID}
                  private_key: ${env:KEY}
                extract: [devices]
                load: [{ csv: { file: a.csv } }]
                """,
                to: "t.axport.yaml"
            )
            let run = try await command("run", "t.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            command.environment["KEY"] = "\(command.folder)/account/private-key.pem"
            let refused = try await command("run", "t.axport.yaml")
            #expect(refused.status == 77)
            #expect(
                refused.errors.contains(
                    "t.axport.yaml:7:16: error: the private key is a path, not a key\nhint: write ${file:"
                )
            )
        }
    }
}
