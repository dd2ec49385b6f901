import Foundation
import Sandbox
import TestSupport
import Testing

/// Mistakes about the account.
@Suite struct MistakeTests: Mistakes {
    @Test func nothingIsSet() async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("doctor")
            #expect(run.status == 64)
            #expect(run.output.contains("✗ account: nothing is set"), "\(run.output)")
            #expect(run.output.contains("hint: name a pipeline file, or set these variables"))
        }
    }

    @Test func anEmptyDatabaseURL() async throws {
        try await examine(
            Self.good + "\n  - postgres: { url: '${env:DATABASE_URL}', table: assets.devices }",
            code: 78,
            says: "night.axport.yaml:12:22: ${env:DATABASE_URL}: the environment variable DATABASE_URL is empty",
            "hint: set it",
            "✓ token: Apple accepts the key",
            mayAsk: true
        ) { command, _ in command.environment["DATABASE_URL"] = "" }
    }

    @Test func aVariableThatAllLoadsNeedIsOneProblem() async throws {
        let loads = ["devices", "rejects", "runs"].map {
            "  - postgres: { url: '${env:DATABASE_URL}', table: assets.\($0), from: \($0) }"
        }
        try await examine(
            pipeline(extract: "[devices]", load: loads.joined(separator: "\n")),
            code: 78,
            says: "the environment variable DATABASE_URL is not set (also on lines ",
            "· destinations: not asked: the file has errors",
            "\n1 problem",
            mayAsk: true
        )
    }

    @Test func aKeyThatOthersCanRead() async throws {
        try await examine(
            code: 77,
            says: "can be read by others (mode 644)",
            "hint: run: chmod 600 ",
            "· account, inventory, destinations: not asked: the source has errors"
        ) { command, _ in
            try command.write(command.read(Self.key), to: Self.key, mode: 0o644)
        }
    }

    @Test func anEncryptedKey() async throws {
        try await examine(
            code: 77,
            says: "✗ key: the private key in ",
            "is encrypted",
            "hint: decrypt it: openssl ec -in "
        ) { command, _ in
            let path = "\(command.folder)/\(Self.key)"
            let script =
                "openssl ec -in \(path) -aes256 -passout pass:secret -out \(path).new && mv \(path).new \(path)"
            let made = try Program.run("/bin/sh", ["-c", script])
            #expect(made.status == 0, "\(made.errors)")
            try command.write(command.read(Self.key), to: Self.key, mode: 0o600)
        }
    }

    @Test(arguments: [" ", "\\n"]) func aKeyWithoutItsLineEndsIsFine(_ end: String) async throws {
        try await examine(code: 0, says: "✓ key: an EC key on P-256", "✓ token: Apple accepts the key", mayAsk: true) {
            command,
            _ in try change(Self.key, of: command) { $0.trimmingCharacters(in: .newlines).replacing("\n", with: end) }
        }
    }

    @Test func aPathInPlaceOfTheKey() async throws {
        try await examine(
            Self.good.replacing("${file:\(Self.key)}", with: Self.key),
            code: 77,
            says: "✗ key: the private key is a path, not a key",
            "hint: write ${file:PATH} with this path"
        )
    }

    @Test func anEmptyKeyFile() async throws {
        try await examine(code: 78, says: "${file:\(Self.key)}", "the file is empty", "copy it again") { command, _ in
            try change(Self.key, of: command) { _ in "\n" }
        }
    }

    @Test func aWrongKeyID() async throws {
        try await examine(
            code: 77,
            says: "✗ token: the token endpoint denied the API account BUSINESSAPI.",
            "hint: check that client_id, key_id and private_key belong together",
            "· devices, assignments, coverage: not asked: there is no token"
        ) { command, _ in command.environment["AXPORT_KEY_ID"] = "11111111-2222-3333-4444-555555555555" }
    }

    @Test func anIDWithATrailingBlank() async throws {
        try await examine(code: 78, says: "client_id begins or ends with a blank", "hint: remove it") {
            command,
            sandbox in
            command.environment["AXPORT_CLIENT_ID"] = "\(sandbox.clientID) "
        }
    }

    @Test func anIDInQuotes() async throws {
        try await examine(code: 78, says: "key_id has quotes around it", "an env file keeps quotes") {
            command,
            sandbox in
            command.environment["AXPORT_KEY_ID"] = "'\(sandbox.keyID)'"
        }
    }

    @Test func swappedIDs() async throws {
        try await examine(
            code: 78,
            says: "client_id and key_id are swapped",
            "client_id is the one that begins with BUSINESSAPI."
        ) { command, sandbox in
            command.environment["AXPORT_CLIENT_ID"] = sandbox.keyID
            command.environment["AXPORT_KEY_ID"] = sandbox.clientID
        }
    }

    @Test func aClientIDOfSchoolWithPlatformBusiness() async throws {
        try await examine(
            Self.good,
            .with(devices: 30) { $0.platform = .school },
            code: 78,
            says: "is of platform school, not business",
            "hint: write platform: school"
        )
    }

    @Test(arguments: [7200, -7200]) func aClockThatIsTwoHoursOff(_ seconds: Int) async throws {
        try await examine(
            code: 77,
            says:
                "✗ clock: this machine's clock is 2 h \(seconds > 0 ? "ahead of" : "behind") Apple's, and Apple denies",
            "hint: set the clock",
            "(exit code 77)"
        ) { command, _ in command.environment.merge(try ClockShift.environment(seconds: seconds)) { $1 } }
    }
}
