import Stages
import TestSupport
import Testing

@testable import AppleClient

/// What of a URL goes over the wire. Requests share libcurl's handles, so each is sent after another one.
@Suite struct TransferAddressTests {
    private let answer = CannedServer.http("200 OK", #"{"data":[]}"#)

    /// The first lines of what arrives for these paths, one after another.
    private func lines(_ paths: [String]) async throws -> [String] {
        let server = try CannedServer { [answer] _, _ in .answer(answer) }
        defer { server.stop() }
        try await Account.with { account in
            var account = account
            account.settings.apiURL = server.url
            let client = try account.client(attempts: 1)
            for path in paths { _ = try await client.get(.link(server.url + path)) }
            await client.close()
        }
        return server.requests.compactMap { $0.split(separator: "\r\n").first.map(String.init) }
    }

    @Test func aPathAndAQueryArriveAsTheyAre() async throws {
        let paths = [
            "/v1/a?limit=1000", "/v1/b", "/v1/b/C%20D/e?x=%3D&y=a+b", "/v1/", "/v1/a?limit=1000", "/v1/f?",
            "/v1/a?b?c=d", "/v1/a.b/c..d", "/v1/(a)/%c3%bc;b=c,d?e=[f]",
            "/v1/a?cursor=\(String(repeating: "x", count: 100_000))", "/v1/a",
        ]
        #expect(try await lines(paths) == paths.map { "GET \($0) HTTP/1.1" })
    }

    @Test func whatCannotBeSentIsEncoded() async throws {
        let paths = ["/v1/a", "/v1/ü", "/v1/b#c", "/v1/g?h=/../i", "/v1/a"]
        let sent = ["/v1/a", "/v1/%c3%bc", "/v1/b", "/v1/g?h=/../i", "/v1/a"]
        #expect(try await lines(paths).map { $0.lowercased() } == sent.map { "get \($0) http/1.1" })
    }

    @Test(arguments: ["/v1/a b", "/v1/a\r\nX-Header: b", "/v1/a\tb", "/v1/a\u{7F}"])
    func noRequestIsSentToWhatIsNoURL(path: String) async throws {
        let server = try CannedServer(answer)
        defer { server.stop() }
        try await Account.with { account in
            var account = account
            account.settings.apiURL = server.url
            let client = try account.client(attempts: 1)
            let error = await #expect(throws: APIError.self) { try await client.get(.link(server.url + path)) }
            #expect(error?.message.contains("is not a valid address") == true, "\(error?.message ?? "")")
            #expect(server.requests.isEmpty)
            _ = try await client.get(.link(server.url + "/v1/c"))
            await client.close()
        }
        #expect(server.requests.map { $0.prefix { $0 != "\r\n" } } == ["GET /v1/c HTTP/1.1"])
    }

    /// A handle that asked one host must not ask it again for another.
    @Test func anotherOriginIsAsked() async throws {
        let servers = try [CannedServer(answer), CannedServer(answer)]
        defer { for server in servers { server.stop() } }
        let transport = try Transport(
            proxy: nil,
            caFile: nil,
            connections: 1,
            environment: [:],
            timeouts: Timeouts(),
            network: nil,
            debug: nil
        )
        for number in [0, 1, 0, 1] {
            let request = HTTPRequest(url: servers[number].url + "/v1/\(number)", headers: [])
            #expect(try await transport.send(request, timeLeft: nil).status == 200)
        }
        for number in 0...1 {
            #expect(servers[number].requests.count == 2)
            #expect(servers[number].requests.allSatisfy { $0.hasPrefix("GET /v1/\(number) HTTP/1.1\r\n") })
            #expect(servers[number].requests.allSatisfy { $0.contains("Host: 127.0.0.1:\(servers[number].port)\r\n") })
        }
    }

    @Test(arguments: [
        ("other", "http://127.0.0.1:1/v1/other"), ("/other", "http://127.0.0.1:1/other"),
        ("//else.example/x", "http://else.example/x"), ("https://else.example", "https://else.example/"),
        ("?c=d", "http://127.0.0.1:1/v1/list?c=d"), ("http://[", "http://["), ("", nil),
    ])
    func aRedirectIsResolvedAgainstItsRequest(location: String, target: String?) {
        #expect(TransferAddress.resolve(location, against: "http://127.0.0.1:1/v1/list?a=b") == target)
    }
}
