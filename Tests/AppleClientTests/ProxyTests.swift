import AsyncHTTPClient
import Pipeline
import Records
import Sandbox
import TestSupport
import Testing

@testable import AppleClient

@Suite struct ProxyTests {
    private func choice(_ environment: [String: String], setting: String? = nil) throws -> ProxyChoice {
        try ProxyChoice(setting: setting, environment: environment)
    }

    @Test func theEnvironmentNamesAProxyPerScheme() throws {
        let proxies = try choice(["HTTPS_PROXY": "http://proxy.example:3128"])
        #expect(proxies.proxy(scheme: "https", host: "api-business.apple.com")?.host == "proxy.example")
        #expect(proxies.proxy(scheme: "https", host: "api-business.apple.com")?.port == 3128)
        #expect(proxies.proxy(scheme: "http", host: "127.0.0.1") == nil)
        #expect(try choice(["https_proxy": "proxy:1"]).proxy(scheme: "https", host: "x")?.host == "proxy")
    }

    @Test(arguments: [
        ("apple.com", true), (".apple.com", true), ("api-business.apple.com", true), ("*", true),
        ("example.com,apple.com", true), ("pple.com", false), ("", false), ("example.com", false),
    ])
    func noProxyNamesHostsAndDomains(rule: String, isException: Bool) throws {
        let proxies = try choice(["HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": rule])
        #expect((proxies.proxy(scheme: "https", host: "api-business.apple.com") == nil) == isException)
    }

    @Test func theSettingWinsOverTheEnvironment() throws {
        let proxies = try choice(["HTTPS_PROXY": "http://a:1", "NO_PROXY": "*"], setting: "http://b:2")
        #expect(proxies.proxy(scheme: "https", host: "x")?.host == "b")
    }

    @Test(arguments: ["proxy", "https://proxy:1", "http://", "http://proxy:port", ":3128"])
    func whatIsNoProxyIsRefused(text: String) {
        let failure = #expect(throws: Failure.self) { try choice(["HTTPS_PROXY": text]) }
        #expect(failure?.message.contains("HTTPS_PROXY") == true)
    }

    @Test func aPasswordForTheProxyIsNotShown() {
        let failure = #expect(throws: Failure.self) { try choice(["HTTPS_PROXY": "http://me:hunter2@proxy"]) }
        #expect(failure?.description.contains("hunter2") == false)
    }

    @Test func requestsGoThroughTheProxy() async throws {
        try await Account.with { account in
            var account = account
            // Nothing listens there: the client must try it, and only it.
            account.settings = try Account.settings(of: account.sandbox, extra: "  proxy: http://127.0.0.1:9")
            let client = try account.client(attempts: 1)
            let error = await #expect(throws: APIError.self) { try await client.get(.path("/v1/mdmServers")) }
            #expect(error?.kind == .unavailable)
            #expect(await account.sandbox.statistics.requests.isEmpty)
            await client.close()
        }
    }
}
