import Foundation
import Pipeline
import Records
import Sandbox
import TestSupport
import Testing

@testable import AppleClient

@Suite struct TLSTests {
    /// A certificate of our own for 127.0.0.1.
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

    @Test func aFileWithoutCertificatesIsRefused() async throws {
        try await Account.with { account in
            var account = account
            account.settings = try Account.settings(of: account.sandbox, extra: "  ca_file: /etc/hostname")
            let failure = #expect(throws: Failure.self) { try account.client() }
            #expect(failure?.message.contains("/etc/hostname") == true)
        }
    }
}
