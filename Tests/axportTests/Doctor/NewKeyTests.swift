import Foundation
import Sandbox
import TestSupport
import Testing

/// `axport doctor --key`: a new key is tested before it replaces the old one.
@Suite struct NewKeyTests {
    /// The old key is in old.pem, and Apple no longer accepts it. The new one is in new.pem.
    private func withRotatedKey(_ test: (Command, RunningSandbox) async throws -> Void) async throws {
        try await withSandbox(.with(devices: 30)) { command, sandbox in
            try command.write(command.read("account/private-key.pem"), to: "new.pem", mode: 0o600)
            let made = try Program.run(
                "/bin/sh",
                ["-c", "openssl ecparam -name prime256v1 -genkey -noout -out '\(command.folder)/old.pem'"]
            )
            try #require(made.status == 0)
            try command.write(command.read("old.pem"), to: "old.pem", mode: 0o600)
            var command = command
            command.environment["AXPORT_KEY_ID"] = "11111111-2222-3333-4444-555555555555"
            try command.write(
                pipeline(load: "  - csv: { file: out/devices.csv }").replacing(
                    "account/private-key.pem",
                    with: "old.pem"
                ),
                to: "night.axport.yaml"
            )
            try await test(command, sandbox)
        }
    }

    @Test func theNewKeyIsTestedAndTheAdviceInstallsIt() async throws {
        try await withRotatedKey { command, sandbox in
            #expect(try await command("doctor", "night.axport.yaml").status == 77)
            let before = try command.files
            let run = try await command("doctor", "night.axport.yaml", "--key", "new.pem", "--key-id", sandbox.keyID)
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.output.contains("✓ token: Apple accepts the new key"), "\(run.output)")
            #expect(run.output.contains("and set key_id \(sandbox.keyID)"))
            #expect(try command.files == before)
            let advice = try #require(run.output.firstMatch(of: /`(install [^`]+)`/)?.output.1)
            #expect(try await Program.running("/bin/sh", ["-c", String(advice)]).status == 0)
            var after = command
            after.environment["AXPORT_KEY_ID"] = sandbox.keyID
            #expect(try await after("doctor", "night.axport.yaml").status == 0)
        }
    }

    @Test func aKeyThatAppleDeniesIsNotAccepted() async throws {
        try await withRotatedKey { command, sandbox in
            let run = try await command("doctor", "night.axport.yaml", "--key", "new.pem")
            #expect(run.status == 77)
            #expect(run.output.contains("✗ token: ") && !run.output.contains("new key"), "\(run.output)")
        }
    }

    @Test func aMissingFileOfTheNewKeyIsAUsageError() async throws {
        try await withRotatedKey { command, _ in
            let run = try await command("doctor", "night.axport.yaml", "--key", "nowhere.pem")
            #expect(run.status == 64)
            #expect(run.errors.contains("error: --key: "), "\(run.errors)")
            #expect(run.errors.contains("nowhere.pem}: the file does not exist"), "\(run.errors)")
        }
    }

    @Test func theKeyOfTheEnvironmentIsReplacedToo() async throws {
        try await withRotatedKey { command, sandbox in
            var command = command
            command.environment["AXPORT_PRIVATE_KEY_FILE"] = "\(command.folder)/old.pem"
            #expect(try await command("doctor").status == 77)
            let run = try await command("doctor", "--key", "new.pem", "--key-id", sandbox.keyID)
            #expect(run.status == 0, "\(run.output)")
        }
    }
}
