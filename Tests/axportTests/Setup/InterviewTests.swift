import Foundation
import Sandbox
import TestSupport
import Testing

/// `axport init` on a terminal.
@Suite struct InterviewTests {
    private static let (purpose, platform) = ("[nightly-postgres]: ", "[business]: ")
    private static let (clientID, keyID) = ("AXPORT_CLIENT_ID]: ", "AXPORT_KEY_ID]: ")
    private static let (key, token) = ("private-key.pem]: ", "and nothing else [Y/n]: ")
    private static let folder = "beside the pipeline file]: "
    private static let database = "from the variable DATABASE_URL]: "

    /// A folder with the account of a sandbox in Apple's place, which no variable names.
    private func withAccount(_ test: (Command, RunningSandbox) async throws -> Void) async throws {
        try await withSandbox(.with(devices: 30)) { command, sandbox in
            var command = command
            for name in ["AXPORT_CLIENT_ID", "AXPORT_KEY_ID", "AXPORT_PRIVATE_KEY_FILE"] {
                command.environment[name] = ""
            }
            try await test(command, sandbox)
        }
    }

    @Test func wrongAnswersAreExplainedAndAskedAgain() async throws {
        try await withAccount { command, sandbox in
            try command.write("no key", to: "text.pem", mode: 0o600)
            let typed = try await TypedAnswers.given(
                [
                    (Self.purpose, "audit-exprt\n"), ("did you mean 'audit-export'?", ""),
                    (Self.purpose, "audit-export.axport.yaml\n"),
                    (Self.platform, "bussiness\n"), ("did you mean 'business'?", ""), (Self.platform, "\n"),
                    (Self.clientID, "SCHOOLAPI.x\n"), ("is of platform school, not business", ""),
                    (Self.clientID, "  \(sandbox.clientID) \n"), (Self.keyID, "a b\n"),
                    ("key_id contains white space", ""), (Self.keyID, "\(sandbox.keyID)\n"),
                    (Self.key, "none.pem\n"), ("does not exist", ""), ("put the key there later? [y/N]: ", "\n"),
                    (Self.key, "text.pem\n"), ("contains no PEM private key", ""),
                    (Self.key, "account/private-key.pem\n"), (Self.token, "\n"), ("Apple accepts the account.", ""),
                    (Self.folder, "text.pem/x\n"), ("Keep it all the same? [y/N]: ", "\n"), (Self.folder, "files\n"),
                    ("Written: new.axport.yaml", ""),
                ],
                to: ["init", "-o", "new.axport.yaml"],
                of: command
            )
            #expect(typed.status == 0, "\(typed.shown)")
            #expect(typed.shown.contains("Written: new.axport.yaml"), "\(typed.shown)")
            #expect(try command.read("new.axport.yaml").contains("\nname: new\n"))
            let run = try await command("run", "new.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try command.files.contains { $0.hasPrefix("files/audit/devices-") })
        }
    }

    @Test func aKeyThatOthersReadIsClosedIfTheUserAgrees() async throws {
        try await withAccount { command, sandbox in
            let path = "\(command.folder)/account/private-key.pem"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let typed = try await TypedAnswers.given(
                [
                    (Self.key, "account/private-key.pem\n"), ("can be read by others (mode 644)", ""),
                    ("(chmod 600)? [Y/n]: ", "\n"), (Self.token, "n\n"), (Self.folder, "\n"),
                ],
                to: ["init", "esim-list", "--client-id", sandbox.clientID, "--key-id", sandbox.keyID],
                of: command
            )
            #expect(typed.status == 0, "\(typed.shown)")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try await command("check", "esim-list.axport.yaml").status == 0)
        }
    }

    @Test func anAccountThatAppleRefusesIsAskedAgain() async throws {
        try await withAccount { command, sandbox in
            let typed = try await TypedAnswers.given(
                [
                    (Self.platform, "\n"), (Self.clientID, "\(sandbox.clientID)\n"), (Self.keyID, "other\n"),
                    (Self.key, "account/private-key.pem\n"), (Self.token, "\n"), ("error: ", ""),
                    ("about the account again? [Y/n]: ", "\n"), (Self.clientID, "\(sandbox.clientID)\n"),
                    (Self.keyID, "\(sandbox.keyID)\n"), (Self.key, "account/private-key.pem\n"), (Self.token, "\n"),
                    ("Apple accepts the account.", ""), (Self.folder, "\n"),
                ],
                to: ["init", "esim-list"],
                of: command
            )
            #expect(typed.status == 0, "\(typed.shown)")
            #expect(try command.read("esim-list.axport.yaml").contains("  key_id: \(sandbox.keyID)\n"))
        }
    }

    /// Ctrl-C and Ctrl-D, at the first question and at the last.
    @Test(arguments: [("\u{3}", Int32(-2)), ("\u{4}", 130)])
    func nothingIsWrittenBeforeTheLastAnswer(keys: String, status: Int32) async throws {
        for answers in [
            [(Self.purpose, keys)], [(Self.purpose, "esim-list\n"), (Self.platform, "sandbox\n"), (Self.folder, keys)],
        ] {
            try await withTemporaryFolder { folder in
                let command = Command(folder: folder)
                let typed = try await TypedAnswers.given(answers, to: ["init"], of: command)
                #expect(typed.status == status, "\(typed.shown)")
                if status == 130 { #expect(typed.shown.contains("nothing is written")) }
                #expect(try command.files.isEmpty)
            }
        }
    }

    @Test func theDatabaseIsExaminedAndItsPasswordKeptApart() async throws {
        let postgres = try await PostgresServer.shared()
        let open = try postgres.freshDatabase()
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: ["DATABASE_URL": ""])
            let url = open.replacing("postgres@", with: "postgres:hush-hush@")
            #expect(url.contains("hush-hush"))
            let typed = try await TypedAnswers.given(
                [
                    (Self.platform, "sandbox\n"), (Self.database, "assets\n"), ("postgresql://user@host", ""),
                    (Self.database, "postgresql://127.0.0.1:1/none\n"), ("Keep it all the same? [y/N]: ", "\n"),
                    (Self.database, "\(url.replacing("hush", with: "h@sh"))\n"), ("write @ : / in the password", ""),
                    (Self.database, "\(url)\n"), ("Keep it all the same? [y/N]: ", "y\n"),
                ],
                to: ["init", "nightly-postgres", "-o", "nightly.axport.yaml"],
                of: command
            )
            #expect(typed.status == 0, "\(typed.shown)")
            #expect(typed.shown.contains("CREATE SCHEMA"), "\(typed.shown)")
            #expect(try !command.read("nightly.axport.yaml").contains("hush"))
            #expect(try command.read("nightly.env") == "DATABASE_URL='\(url)'\n")
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/nightly.env")[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let load = try #require(typed.shown.split(separator: "\n").first { $0.contains("set -a") })
            let check = try await Program.running(
                "/bin/sh",
                ["-c", "cd \"$0\" && \(load) && exec \"$1\" check nightly.axport.yaml", folder, Command.program]
            )
            #expect(check.status == 0, "\(check.errors)")
        }
    }
}
