import Foundation
import Sandbox
import TestSupport
import Testing

/// Mistakes about the way to Apple, about roles, and in the file.
@Suite struct MistakeInFileTests: Mistakes {
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
