import Foundation
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@testable import AppleClient

/// What keeps a request from being answered: one clear message each, and soon.
@Suite struct NoAnswerTests {
    private let list = APITarget.path("/v1/mdmServers")

    /// What a first request to a token endpoint ends with.
    private func error(
        _ tokenURL: String,
        extra: String = ""
    ) async throws -> (error: APIError?, seconds: Double) {
        try await Account.with { account -> (APIError?, Double) in
            var account = account
            account.settings = try Account.settings(of: account.sandbox, extra: extra)
            account.settings.tokenURL = tokenURL
            let client = try AppleClient(account.settings, environment: [:], cacheFolder: nil)
            let began = ContinuousClock.now
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            await client.close()
            return (error, (ContinuousClock.now - began).inSeconds)
        }
    }

    @Test func aNameThatDNSDoesNotKnowIsSaidWithinSeconds() async throws {
        let (error, seconds) = try await error("https://no-such-host.invalid/token")
        #expect(error?.kind == .unavailable)
        #expect(error?.message.contains("no-such-host.invalid cannot be found: DNS") == true, "\(error?.message ?? "")")
        #expect(seconds < 25, "\(seconds) s")
    }

    @Test func aClosedPortIsSaidWithinSeconds() async throws {
        let (error, seconds) = try await error("http://127.0.0.1:9/token")
        #expect(error?.kind == .unavailable)
        #expect(error?.message.contains("127.0.0.1:9 refused the connection") == true, "\(error?.message ?? "")")
        #expect(seconds < 10, "\(seconds) s")
    }

    @Test func aProxyThatIsNotThereIsNamed() async throws {
        let (error, seconds) = try await error("https://example.com/token", extra: "  proxy: http://127.0.0.1:9")
        #expect(
            error?.message.contains("the proxy 127.0.0.1:9 refused the connection") == true,
            "\(error?.message ?? "")"
        )
        #expect(error?.advice?.contains("`proxy` of the source") == true)
        #expect(seconds < 10, "\(seconds) s")
    }

    @Test(arguments: [
        ("HTTP/1.1 407 Proxy Authentication Required", Outcome.credentialsRefused, "requires a name and a password"),
        ("HTTP/1.1 403 Forbidden", .sourceUnavailable, "refused to connect to example.com"),
    ])
    func aProxyThatRefusesIsAskedOnce(answer: String, code: Outcome, says: String) async throws {
        let proxy = try CannedServer("\(answer)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        defer { proxy.stop() }
        let extra = "  proxy: http://127.0.0.1:\(proxy.port)"
        let (error, seconds) = try await error("https://example.com/token", extra: extra)
        #expect(error?.failure.code == code)
        #expect(error?.message.contains("the proxy 127.0.0.1:\(proxy.port) \(says)") == true, "\(error?.message ?? "")")
        #expect(seconds < 3, "\(seconds) s")
    }
}
