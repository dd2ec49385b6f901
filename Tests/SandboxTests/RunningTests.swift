import Crypto
import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct RunningTests {
    private func temporaryFolder() -> String {
        FileManager.default.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)").path()
    }

    @Test func theKeyHasApplesForm() async throws {
        let sandbox = try await Sandbox.start(SandboxOptions())
        await sandbox.stop()
        #expect(sandbox.privateKeyPEM.hasPrefix("-----BEGIN EC PRIVATE KEY-----\n"))
        #expect(sandbox.privateKeyPEM.hasSuffix("\n-----END EC PRIVATE KEY-----\n"))
        #expect(throws: Never.self) { try P256.Signing.PrivateKey(pemRepresentation: sandbox.privateKeyPEM) }
        #expect(
            sandbox.clientID.wholeMatch(
                of: /BUSINESSAPI\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
            ) != nil
        )
    }

    @Test func credentialsOutliveARestart() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try await Sandbox.start(SandboxOptions(), credentialsFolder: folder)
        await first.stop()
        let second = try await Sandbox.start(SandboxOptions(), credentialsFolder: folder)
        await second.stop()
        #expect(first.privateKeyPEM == second.privateKeyPEM)
        #expect(first.clientID == second.clientID)

        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(folder) == 0o700)
        for file in ["private-key.pem", "client-id", "key-id", "sandbox.env"] {
            #expect(try mode("\(folder)/\(file)") == 0o600)
        }
        let settings = try String(contentsOfFile: "\(folder)/sandbox.env", encoding: .utf8)
        #expect(
            settings == """
                AXPORT_CLIENT_ID=\(second.clientID)
                AXPORT_KEY_ID=\(second.keyID)
                AXPORT_PRIVATE_KEY_FILE=\(folder)/private-key.pem
                AXPORT_API_URL=\(second.apiURL)
                AXPORT_TOKEN_URL=\(second.tokenURL)

                """
        )
    }

    @Test func aForeignFileInPlaceOfTheKeyIsNotReplaced() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "precious".write(toFile: "\(folder)/private-key.pem", atomically: true, encoding: .utf8)
        let error = await #expect(throws: SandboxError.self) {
            try await Sandbox.start(SandboxOptions(), credentialsFolder: folder)
        }
        #expect(error?.message.contains("holds no P-256 private key") == true)
        #expect(try String(contentsOfFile: "\(folder)/private-key.pem", encoding: .utf8) == "precious")
    }

    @Test func aPortInUseIsAClearError() async throws {
        try await withSandbox { client, _ in
            let port = try #require(client.sandbox.apiURL.split(separator: ":").last.flatMap { Int($0) })
            let error = await #expect(throws: SandboxError.self) {
                try await Sandbox.start(.with { $0.port = port })
            }
            let says = "cannot listen on 127.0.0.1:\(port): another program listens there"
            #expect(error?.message.hasPrefix(says) == true)
        }
    }

    @Test func waitingEndsWhenTheSandboxIsStopped() async throws {
        let sandbox = try await Sandbox.start(SandboxOptions())
        let waiting = Task { try await sandbox.waitUntilStopped() }
        await sandbox.stop()
        try await waiting.value
        let client = SandboxClient(sandbox: sandbox)
        await #expect(throws: (any Error).self) {
            try await client.get("/v1/orgDevices", token: "none", seconds: 1)
        }
    }

    @Test func withACertificateTheSandboxSpeaksHTTPS() async throws {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path()
        let options = SandboxOptions.with {
            $0.host = "localhost"
            $0.tlsCertificateFile = "\(fixtures)/localhost.pem"
            $0.tlsKeyFile = "\(fixtures)/localhost-key.pem"
        }
        let sandbox = try await Sandbox.start(options)
        let client = SandboxClient(sandbox: sandbox, certificates: "\(fixtures)/localhost.pem")
        #expect(sandbox.apiURL.hasPrefix("https://localhost:"))
        let reply = try? await client.get("/v1/orgDevices", token: client.token())
        await sandbox.stop()
        let page = try #require(reply)
        #expect(page.status == 200)
        #expect(try page.json["links"]?["next"]?.text?.hasPrefix(sandbox.apiURL) == true)
    }

    @Test func aCertificateWithoutAKeyIsAClearError() async throws {
        let error = await #expect(throws: SandboxError.self) {
            try await Sandbox.start(.with { $0.tlsCertificateFile = "certificate.pem" })
        }
        #expect(error?.message == "HTTPS takes both a certificate file and a key file")
    }

    @Test func filesThatDoNotServeForHTTPSAreNamed() async throws {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path()
        try await withTemporaryFolder { folder in
            let other = "\(folder)/other.pem"
            try P256.Signing.PrivateKey().pemRepresentation.write(toFile: other, atomically: true, encoding: .utf8)
            let certificate = "\(fixtures)/localhost.pem"
            for (chain, key, problem) in [
                (other, other, "cannot use \(other) for HTTPS: it is not a readable PEM certificate"),
                (certificate, certificate, "cannot use \(certificate) for HTTPS: it is not a readable PEM private key"),
                (certificate, other, "cannot use \(other) for HTTPS: it is not the key of \(certificate)"),
            ] {
                let error = await #expect(throws: SandboxError.self) {
                    try await Sandbox.start(
                        .with {
                            $0.tlsCertificateFile = chain
                            $0.tlsKeyFile = key
                        }
                    )
                }
                #expect(error?.message == problem)
            }
        }
    }
}
