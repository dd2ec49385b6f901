import Records
import Stages
import Testing

/// What a pipeline file may say of a connection and its limits, and what messages show of it.
@Suite struct PostgresSettingsTests {
    private let database: TestDatabase
    init() async throws { database = try await TestDatabase(.postgres) }

    @Test func aRefusedConnectionKeepsThePassword() async throws {
        let load = try loader("postgres: { url: 'postgresql://ann:hunter2@127.0.0.1:1/assets' }")
        let refusal = try await failure { try await load.load(.pairs) }
        #expect(refusal.code == .destinationFailed)
        #expect(
            refusal.message.hasPrefix(
                "cannot connect to PostgreSQL: connection to server at \"127.0.0.1\", port 1 failed"
            )
        )
        #expect(!"\(refusal) \(load) \(load.destination)".contains("hunter2"))
    }

    @Test func aURLThatIsNoneKeepsThePassword() throws {
        let error = #expect(throws: PlanError.self) {
            try loader("postgres: { url: 'postgresql://ann:hunter2@[::1:5/x' }")
        }
        #expect(
            error?.description.hasPrefix("test.axport.yaml:1:18: error: libpq does not accept this URL")
                == true
        )
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test(
        arguments: [
            ("mysql://ann:hunter2@host/x", "the URL does not begin with postgresql://; expected postgresql://user@"),
            ("jdbc:postgresql://host/x?user=ann", "the URL does not begin with postgresql://; expected postgresql://"),
            ("hunter2", "the URL does not begin with postgresql://; expected postgresql://user@host:port/database"),
            ("postgresql://ann:h%unter2@host/x", "a % in the URL is not followed by two hexadecimal digits; write %25"),
            ("postgresql://ann:p@ss%hunter2@host/x", "a % in the URL is not followed by two hexadecimal digits; write"),
            ("postgresql://ann:hunter2%@host/x", "a % in the URL is not followed by two hexadecimal digits; write %25"),
            (
                "postgresql://ann:hunter2@host/x?sslmod=require",
                "the URL has an unknown parameter 'sslmod'; did you mean 'sslmode'?"
            ),
            (
                "postgres://host?connect_timeout=9&ssl=require",
                "the URL has an unknown parameter 'ssl'; expected parameters of libpq, such as sslmode=require"
            ),
            (
                "postgresql:///x?user=ann@corp&sslmod=require",
                "the URL has an unknown parameter 'sslmod'; did you mean 'sslmode'?"
            ),
            (
                "postgresql://host/x?options=-csearch_path=y",
                "a value of the URL's parameter 'options' contains =; write %3D for ="
            ),
            (
                "postgresql://host/x?sslmode",
                "the parameter 'sslmode' of the URL has no value; write sslmode= and the value"
            ),
            ("postgresql://host/x?hunter2", "the URL has an unknown parameter; expected parameters of libpq"),
            ("postgresql://ann:s3@c?hunter2=x@host/x", "the end of the password is not clear; write @ : / in"),
            ("postgresql://ann:s3/c?hunter2=x@host/x", "the end of the password is not clear; write @ : / in"),
            ("postgresql://ann:s3?hunter=2", "the end of the password is not clear; write @ : / in"),
        ]
    )
    func whyAURLIsRefusedIsToldWithoutItsSecrets(url: String, cause: String) throws {
        let error = #expect(throws: PlanError.self) { try loader("postgres: { url: '\(url)' }") }
        let text = try #require(error?.description)
        #expect(text.hasPrefix("test.axport.yaml:1:18: error: \(cause)"), "\(text)")
        #expect(!text.contains("hunter"), "\(text)")
    }

    /// libpq would take part of such a password for a host, a port or a database, and show it.
    @Test(
        arguments: [
            "bob:s3cr@tword@host/x", "bob:s3cr/tword@host/x", "bob:12/tword@host/x", "bob:s3cr@b/tword@host/x",
            "bob:s3?c@tword@host/x", "bob@corp:s3cr@host/x", "bob:12,s3cr/tword@host",
        ]
    )
    func aPasswordThatIsNotEncodedIsRefusedUnseen(rest: String) throws {
        for scheme in ["postgresql", "postgres"] {
            let error = #expect(throws: PlanError.self) { try loader("postgres: { url: '\(scheme)://\(rest)' }") }
            #expect(
                error?.description == """
                    test.axport.yaml:1:18: error: the end of the password is not clear; \
                    write @ : / in the password as %40 %3A %2F
                    """
            )
        }
    }

    @Test(
        arguments: [
            "postgresql://bob:s3cr%40t%2Fword@a,b:5432,5433/x?target_session_attrs=any",
            "postgresql://%2Fvar%2Frun/x?user=bob@corp", "postgresql:///x%40y", "postgresql://bob:a?b:c@[::1]:5432",
            "host=@axport port=5432 user=bob@corp password=a@b/c dbname=x@y",
        ]
    )
    func otherURLsAreTaken(url: String) throws { _ = try loader("postgres: { url: '\(url)' }") }

    @Test func aShortPasswordDoesNotMangleMessages() async throws {
        let load = try loader("postgres: { url: 'postgresql://ann:e@127.0.0.1:1/assets' }")
        let refusal = try await failure { try await load.load(.pairs) }
        #expect(!refusal.message.contains("secret"), "\(refusal)")
    }

    @Test func limitsThatTheServerCannotKeepAreRefused() throws {
        let settings = "retries: 1000000000, lock_timeout: 25d, statement_timeout: 30d"
        #expect(
            try problems("1️⃣postgres: { \(settings) }") == [
                "1️⃣ lock_timeout: 25d is longer than PostgreSQL can wait; use at most 24d, or 0s",
                "1️⃣ statement_timeout: 30d is longer than PostgreSQL can wait; use at most 24d, or 0s",
                "1️⃣ retries: 1000000000 is too many; use at most 20",
            ]
        )
    }

    @Test func theLongestLimitsAreKept() async throws {
        let load = try database.loader("retries: 20, lock_timeout: 24d, statement_timeout: 24d")
        #expect(try await load.load(.pairs, Batch([["1", "one"]])).written == 1)
    }

    @Test func namesThatTheServerWouldCutAreRefused() async throws {
        let long = String(repeating: "n", count: 64)
        await #expect(throws: PlanError.self) { try await database.loader("table: \(long)").load(.pairs) }
    }
}
