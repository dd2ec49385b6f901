import Foundation
import Sandbox
import TestSupport
import Testing

/// The mistakes that people make before their first night. Each is made for real, and `axport doctor` names the cause
/// and the cure before a device is asked for.
@Suite struct MistakeTests {
    private static let good = pipeline(
        extract: "[devices, assignments, coverage]",
        load: "  - csv: { file: out/devices.csv }"
    )

    /// Examines a pipeline file in which a mistake was made.
    ///
    /// - Parameters:
    ///   - expected: texts of the answer: the cause and the cure.
    ///   - mayAsk: whether Apple may be asked for a page with one device.
    private func examine(
        _ text: String = good,
        _ options: SandboxOptions = .with(devices: 30),
        code: Int32,
        says expected: String...,
        mayAsk: Bool = false,
        change: (inout Command, RunningSandbox) throws -> Void = { _, _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withSandbox(options) { command, sandbox in
            var command = command
            try command.write(text, to: "night.axport.yaml")
            try change(&command, sandbox)
            let run = try await command("doctor", "night.axport.yaml")
            #expect(run.status == code, "\(run.output)\(run.errors)", sourceLocation: sourceLocation)
            for text in expected {
                #expect(run.output.contains(text), "no '\(text)' in:\n\(run.output)", sourceLocation: sourceLocation)
            }
            let asked = await sandbox.statistics.requests[.devices, default: 0]
            #expect(asked <= (mayAsk ? 1 : 0), sourceLocation: sourceLocation)
            #expect(!command.exists("out"), sourceLocation: sourceLocation)
            #expect(!command.exists(".local") && !command.exists(".cache"), sourceLocation: sourceLocation)
        }
    }

    private func change(_ path: String, of command: Command, _ change: (String) -> String) throws {
        try command.write(change(command.read(path)), to: path, mode: 0o600)
    }

    private static let key = "account/private-key.pem"

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

    @Test func aRefusedConnection() async throws {
        try await examine(
            code: 69,
            says: "✗ connection: the token endpoint http://127.0.0.1:9/token cannot be reached",
            "127.0.0.1:9 refused the connection",
            "hint: check network, DNS and firewall"
        ) { command, _ in command.environment["AXPORT_TOKEN_URL"] = "http://127.0.0.1:9/token" }
    }

    @Test func aHostWithTheCertificateOfAnother() async throws {
        try await withTemporaryFolder { folder in
            let authority = try CertificateAuthority(in: folder, name: "authority")
            let server = try authority.sign(host: "elsewhere.example")
            try await examine(
                Self.good,
                .with(devices: 30) {
                    $0.tlsCertificateFile = server.certificate
                    $0.tlsKeyFile = server.key
                },
                code: 69,
                says: "✗ TLS: ",
                "its certificate is for another host",
                "hint: check api_url, token_url and any proxy"
            ) { command, _ in command.environment["SSL_CERT_FILE"] = authority.file }
        }
    }

    @Test func aRoleThatMayNotReadCoverage() async throws {
        try await examine(
            Self.good,
            .with(devices: 30) { $0.switches.role = .noCoverage },
            code: 77,
            says: "✗ coverage: GET /v1/orgDevices/{serial}/appleCareCoverage: HTTP 403, The API account's role",
            "hint: give the API account a role that may read this",
            "✓ devices: GET /v1/orgDevices",
            mayAsk: true
        )
    }

    @Test func aRoleThatMayNotReadDevices() async throws {
        try await examine(
            Self.good,
            .with(devices: 30) { $0.switches.role = .noDevices },
            code: 77,
            says: "✗ devices: GET /v1/orgDevices: HTTP 403",
            "hint: give the API account a role with the permission \"View device management services, manage default",
            "· coverage: not asked: GET /v1/orgDevices gave no answer",
            mayAsk: true
        )
    }

    @Test func aTypoInAStage() async throws {
        try await examine(
            Self.good.replacing("[imei]", with: "[imeii]"),
            code: 78,
            says: "✗ file: night.axport.yaml:9:13: no transform 'imeii'",
            "hint: did you mean 'imei'?",
            "✓ token: Apple accepts the key",
            mayAsk: true
        )
    }

    @Test func aTabInTheFile() async throws {
        try await examine(
            Self.good.replacing("  key_id", with: "\tkey_id"),
            code: 78,
            says: "✗ file: night.axport.yaml:4:1: a tab is part of the indentation",
            "hint: indent with spaces"
        )
    }

    @Test func aReferenceInBracesWithoutQuotes() async throws {
        try await examine(
            Self.good.replacing("out/devices.csv", with: "${env:OUTPUT}"),
            code: 78,
            says: "a reference between brackets needs quotes",
            "hint: write \"${env:OUTPUT}\""
        )
    }

    @Test func anExpressionOfAnotherDatabase() async throws {
        try await examine(
            Self.good.replacing("[imei]", with: "\n  - where: added_to_org_at > now() - interval '7 days'"),
            code: 78,
            says: "✗ file: night.axport.yaml:10:",
            "now()",
            "hint: ",
            "✓ token: Apple accepts the key",
            mayAsk: true
        )
    }

    @Test func noHomeFolder() async throws {
        try await examine(
            code: 64,
            says: "✗ inventory: inventories have no place: none of STATE_DIRECTORY, XDG_STATE_HOME, and HOME is set",
            "hint: set HOME, or name a place with `inventory:`",
            mayAsk: true
        ) { command, _ in command.environment["HOME"] = "" }
    }
}
