import Foundation
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@testable import AppleClient

@Suite struct TLSTests {
    /// A certificate for 127.0.0.1.
    private func withCertificate(_ body: (_ certificate: String, _ key: String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let made = try Program.run(
                "/bin/sh",
                [
                    "-c",
                    """
                    cd '\(folder)' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
                    -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1
                    """,
                ]
            )
            #expect(made.status == 0, "\(made.errors)")
            try await body("\(folder)/cert.pem", "\(folder)/key.pem")
        }
    }

    private func answer(
        _ account: Account,
        ca: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> APIError? {
        var account = account
        let extra = ca.map { "  ca_file: \($0)" } ?? ""
        account.settings = try Account.settings(of: account.sandbox, extra: extra)
        let client = try account.client(environment: environment, attempts: 1)
        defer { Task { await client.close() } }
        do {
            _ = try await client.get(.path("/v1/mdmServers"))
            return nil
        } catch {
            return error
        }
    }

    @Test func onlyCertificatesOfTrustedAuthoritiesAreAccepted() async throws {
        try await withCertificate { certificate, key in
            try await Account.with(
                .with {
                    $0.tlsCertificateFile = certificate
                    $0.tlsKeyFile = key
                }
            ) { account in
                #expect(account.sandbox.apiURL.hasPrefix("https://"))
                let error = try await answer(account)
                #expect(error?.kind == .unavailable)
                #expect(error?.message.lowercased().contains("certificate") == true, "\(error?.message ?? "none")")
                #expect(try await answer(account, ca: certificate) == nil)
                #expect(try await answer(account, environment: ["SSL_CERT_FILE": certificate]) == nil)
            }
        }
    }

    /// An authority, and a server's certificate by it that is valid from and to a day of the calendar.
    private func signed(host: String, from begin: String, to end: String, in folder: String) throws -> String {
        let made = try Program.run(
            "/bin/sh",
            [
                "-c",
                """
                set -e; cd '\(folder)'; : >index; echo 01 >serial
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem \
                -days 2 -subj /CN=ca
                openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out server.csr \
                -subj /CN=server -addext 'subjectAltName=\(host)'
                printf '[a]\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\ndefault_md=sha256\\npolicy=p\\n\
                copy_extensions=copy\\n[p]\\ncommonName=supplied\\n' >ca.conf
                openssl ca -batch -config ca.conf -name a -cert ca.pem -keyfile ca.key -in server.csr -out cert.pem \
                -startdate \(begin)0101000000Z -enddate \(end)0101000000Z -notext
                """,
            ]
        )
        #expect(made.status == 0, "\(made.errors)")
        return "\(folder)/ca.pem"
    }

    @Test(arguments: [
        ("IP:127.0.0.1", "2020", "2021", "its certificate has expired", "clock"),
        ("IP:127.0.0.1", "2048", "2049", "its certificate is not valid yet", "clock"),
        ("DNS:other.example", "2020", "2049", "its certificate is for another host", "api_url"),
        ("IP:127.0.0.1", "2020", "2049", "its certificate comes from an authority", "ca_file"),
    ])
    func whatIsWrongWithACertificateIsSaid(
        host: String,
        begin: String,
        end: String,
        says: String,
        advice: String
    ) async throws {
        try await withTemporaryFolder { folder in
            let authority = try signed(host: host, from: begin, to: end, in: folder)
            let options = SandboxOptions.with(devices: 5) {
                $0.tlsCertificateFile = "\(folder)/cert.pem"
                $0.tlsKeyFile = "\(folder)/key.pem"
            }
            try await Account.with(options) { account in
                let error = try await answer(account, ca: says.contains("authority") ? nil : authority)
                #expect(error?.message.contains("TLS with 127.0.0.1:") == true, "\(error?.message ?? "none")")
                #expect(error?.message.contains(says) == true, "\(error?.message ?? "none")")
                #expect(error?.advice?.contains(advice) == true, "\(error?.advice ?? "none")")
                #expect(error?.message.lowercased().contains("ssl") == false)
            }
        }
    }

    @Test func aCertificateThatChangesInMidRunIsSaidToHaveChanged() async throws {
        try await withCertificate { certificate, key in
            try await withCertificate { other, otherKey in
                func options(_ certificate: String, _ key: String, port: Int = 0) -> SandboxOptions {
                    .with(devices: 5) {
                        $0.port = port
                        $0.tlsCertificateFile = certificate
                        $0.tlsKeyFile = key
                    }
                }
                try await Account.with(options(certificate, key)) { account in
                    var account = account
                    account.settings = try Account.settings(of: account.sandbox, extra: "  ca_file: \(certificate)")
                    let client = try account.client(attempts: 6)
                    _ = try await client.get(.path("/v1/mdmServers"))
                    await account.sandbox.stop()
                    let port = account.sandbox.apiURL.split(separator: ":").last.flatMap { Int($0) } ?? 0
                    let impostor = try await Sandbox.start(options(other, otherKey, port: port))
                    let error = await #expect(throws: APIError.self) { try await client.get(.path("/v1/mdmServers")) }
                    await client.close()
                    await impostor.stop()
                    #expect(error?.message.contains("so it has changed") == true, "\(error?.message ?? "")")
                }
            }
        }
    }

    /// openssl's own server, which speaks what it is told to.
    @Test func anOldProtocolIsRefused() async throws {
        try await withCertificate { certificate, key in
            let port = try Loopback.freePort()
            let server = Process()
            server.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            server.arguments = [
                "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key, "-tls1_1", "-cipher",
                "DEFAULT:@SECLEVEL=0", "-quiet",
            ]
            server.standardInput = FileHandle.nullDevice
            server.standardOutput = FileHandle.nullDevice
            server.standardError = FileHandle.nullDevice
            try server.run()
            defer { kill(server.processIdentifier, SIGKILL) }
            try await Task.sleep(for: .milliseconds(300))
            try await expectTLSFailure("https://127.0.0.1:\(port)", says: "does not support TLS 1.2 or later")
        }
    }

    @Test func aServerWithoutTLSIsNamedAsOne() async throws {
        try await Account.with { account in
            try await expectTLSFailure(
                account.sandbox.apiURL.replacing("http:", with: "https:"),
                says: "the server does not use TLS"
            )
        }
    }

    private func expectTLSFailure(_ url: String, says: String) async throws {
        try await Account.with { account in
            var account = account
            account.settings.apiURL = url
            let client = try account.client(attempts: 6)
            let error = await #expect(throws: APIError.self) { try await client.get(.path("/v1/mdmServers")) }
            await client.close()
            #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
            #expect(client.requestCount == 1, "trying again does not help")
        }
    }

    @Test func aFileWithoutCertificatesIsRefused() async throws {
        try await Account.with { account in
            var account = account
            account.settings = try Account.settings(of: account.sandbox, extra: "  ca_file: /etc/hostname")
            let failure = #expect(throws: Failure.self) { try account.client() }
            #expect(failure?.message.contains("/etc/hostname") == true)
        }
    }
}
