import Foundation
import Records
import Sandbox
import Stages
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

    @Test(arguments: [
        ("http://[::1]:3128", "::1", 3128), ("[fe80::1]:1", "fe80::1", 1), ("HTTP://proxy:65535/", "proxy", 65_535),
        ("http://me:p%40ss@proxy:8080", "proxy", 8080), ("me:p@ss@proxy:8080", "proxy", 8080),
    ])
    func whatIsAProxyIsRead(text: String, host: String, port: Int) throws {
        let proxy = try #require(ProxyAddress(text))
        #expect(proxy.host == host)
        #expect(proxy.port == port)
        #expect(proxy.password == (text.contains("@") ? "p@ss" : ""))
    }

    @Test(arguments: ["http://proxy:99999", "http://proxy:0", "http://me:hunter2%zz@proxy:1", "[::1]", "http://a b:1"])
    func checkRefusesTheProxiesThatARunRefuses(text: String) async throws {
        #expect(throws: Failure.self) { try choice(["HTTPS_PROXY": text]) }
        try await Account.with { account in
            let error = #expect(throws: PlanError.self) {
                try Account.settings(of: account.sandbox, extra: "  proxy: '\(text)'")
            }
            #expect(error?.description.contains("expected a proxy as http://host:port") == true)
            #expect(error?.description.contains("hunter2") == false)
        }
    }

    @Test func nameAndPasswordArriveDecoded() async throws {
        let proxy = try CannedServer("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        defer { proxy.stop() }
        try await Account.with { account in
            var account = account
            let extra = "  proxy: http://me:p%40ss%3Aword@127.0.0.1:\(proxy.port)"
            account.settings = try Account.settings(of: account.sandbox, extra: extra)
            for url in ["https://example.com/token", "http://127.0.0.1:1/token"] {
                account.settings.tokenURL = url
                let client = try account.client(attempts: 6)
                let error = await #expect(throws: APIError.self) { try await client.get(.path("/v1/mdmServers")) }
                #expect(error?.failure.code == .credentialsRefused)
                #expect(error?.description.contains("ss:word") == false)
                await client.close()
            }
            let expected = "Proxy-Authorization: Basic " + Data("me:p@ss:word".utf8).base64EncodedString()
            #expect(proxy.requests.count == 2)
            #expect(proxy.requests.allSatisfy { $0.contains(expected) }, "\(proxy.requests)")
        }
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
