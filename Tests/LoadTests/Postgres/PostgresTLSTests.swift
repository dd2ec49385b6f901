import Foundation
import PostgreSQL
import Records
import Stages
import TestSupport
import Testing

@testable import Load

/// Who the server is, and what is said when it is somebody else.
@Suite(.serialized) struct PostgresTLSTests {
    private static let start = Task {
        try PostgresServer(
            access: [
                "hostssl all secured 127.0.0.1/32 scram-sha-256", "hostnossl all secured 127.0.0.1/32 reject",
                "host all secured ::1/128 scram-sha-256",
            ]
        )
    }

    private let authority: CertificateAuthority
    private let server: PostgresServer
    private let folder: ScratchFolder

    init() async throws {
        folder = try ScratchFolder()
        authority = try CertificateAuthority(in: folder.path, name: "ca")
        server = try await Self.start.value
        _ = try server.query(
            """
            DO $$ BEGIN CREATE ROLE secured LOGIN SUPERUSER PASSWORD 'hunter2';
            EXCEPTION WHEN duplicate_object THEN NULL; END $$
            """,
            database: server.url("postgres")
        )
    }

    /// Makes the server show another certificate.
    private func show(host: String, days: Int = 2, of authority: CertificateAuthority? = nil) throws {
        let (certificate, key) = try (authority ?? self.authority).sign(host: host, days: days)
        let names = ("server-\(UUID().uuidString).pem", "server-\(UUID().uuidString).key")
        let data = "\(server.folder)/data"
        let copied = try Program.run(
            "/bin/sh",
            [
                "-c",
                """
                cd '\(data)' && cp '\(certificate)' '\(names.0)' && cp '\(key)' '\(names.1)' && chmod 600 '\(names.1)' && \
                chown --reference=PG_VERSION '\(names.0)' '\(names.1)'
                """,
            ]
        )
        try #require(copied.status == 0, "\(copied.errors)")
        for (name, value) in [("ssl_cert_file", names.0), ("ssl_key_file", names.1), ("ssl", "on")] {
            _ = try server.query("ALTER SYSTEM SET \(name) = '\(value)'", database: server.url("postgres"))
        }
        // The reload is done by another process.
        let logged = try server.log.components(separatedBy: "parameter \"ssl_cert_file\"").count
        _ = try server.query("SELECT pg_reload_conf()", database: server.url("postgres"))
        while try server.log.components(separatedBy: "parameter \"ssl_cert_file\"").count == logged {
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    private func load(host: String = "localhost", password: String = "hunter2", _ options: String) async throws
        -> LoadCounts
    {
        let url = "postgresql://secured:\(password)@\(host):\(server.port)/postgres?hostaddr=127.0.0.1&\(options)"
        return try await loader("postgres: { url: '\(url)', table: t_\(UUID().uuidString) }").load(.pairs)
    }

    private func refusal(_ options: String, host: String = "localhost", password: String = "hunter2") async throws
        -> Failure
    {
        let refusal = try await failure { try await load(host: host, password: password, options) }
        #expect(!refusal.isTransient, "\(refusal)")
        #expect(refusal.code == .destinationFailed)
        #expect(!refusal.description.contains(password))
        return refusal
    }

    private var full: String { "sslmode=verify-full&sslrootcert=\(authority.file)" }

    @Test func theRightNameOfAKnownAuthorityPasses() async throws {
        try show(host: "localhost")
        #expect(try await load(full) == LoadCounts())
        #expect(try await load("sslmode=require") == LoadCounts())
        // libpq's default takes TLS where it is offered.
        #expect(try await load("application_name=test") == LoadCounts())
    }

    @Test func aConnectionThatMustBeEncryptedSaysHow() async throws {
        try show(host: "localhost")
        let refusal = try await refusal("sslmode=disable")
        #expect(refusal.message.contains("no encryption"), "\(refusal)")
        #expect(
            refusal.advice
                == "set sslmode=require in `url` or PGSSLMODE; the server may accept only encrypted connections"
        )
        #expect(try await load("sslmode=require") == LoadCounts())
    }

    @Test func anotherNameIsRefused() async throws {
        try show(host: "db.example")
        let refusal = try await refusal(full)
        #expect(
            refusal.message.contains(#"server certificate for "db.example" does not match host name "localhost""#),
            "\(refusal)"
        )
        #expect(refusal.advice?.contains("the name in the server's certificate") == true)
        #expect(try await load(host: "db.example", full) == LoadCounts())
    }

    @Test func anUnknownAuthorityIsRefused() async throws {
        try show(host: "localhost", of: try CertificateAuthority(in: folder.path, name: "other"))
        let refusal = try await refusal(full)
        #expect(refusal.message.contains("certificate verify failed"), "\(refusal)")
        #expect(refusal.advice?.contains("sslrootcert") == true)
    }

    @Test func anExpiredCertificateIsRefused() async throws {
        try show(host: "localhost", days: -1)
        let refusal = try await refusal(full)
        #expect(refusal.message.contains("certificate verify failed"), "\(refusal)")
    }

    @Test func aMissingAuthorityFileIsNamed() async throws {
        try show(host: "localhost")
        let refusal = try await refusal("sslmode=verify-full&sslrootcert=/nonexistent/ca.pem")
        #expect(refusal.message.contains(#"root certificate file "/nonexistent/ca.pem" does not exist"#), "\(refusal)")
    }

    @Test func aServerWithoutTLSIsRefused() async throws {
        let plain = try await PostgresServer.shared()
        let url = "\(plain.url("postgres"))?\(full)"
        let refusal = try await failure { try await loader("postgres: { url: '\(url)' }").load(.pairs) }
        #expect(refusal.message.contains("server does not support SSL, but SSL was required"), "\(refusal)")
        #expect(!refusal.isTransient)
    }

    @Test func aWrongPasswordIsAskedForOnceAndNotShown() async throws {
        try show(host: "localhost")
        let refusal = try await refusal(full, password: "correct-horse")
        #expect(refusal.message.contains(#"password authentication failed for user "secured""#), "\(refusal)")
        #expect(try server.log.components(separatedBy: "password authentication failed").count == 2)
    }

    @Test(arguments: [
        ("", false), ("127.0.0.1", false), ("127.8.0.1", false), ("::1", false), ("10.0.0.7", true), ("fd00::1", true),
    ]) func onlyAConnectionToAnotherMachineIsRemarkedOn(address: String, leaves: Bool) {
        #expect(PostgresHandle.leavesTheMachine(address) == leaves)
    }
}
