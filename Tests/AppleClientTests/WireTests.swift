import Foundation
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@testable import AppleClient

/// What goes over the wire, and what may come back over it.
@Suite struct WireTests {
    private let list = APITarget.path("/v1/mdmServers")
    private let empty = #"{"data":[]}"#

    private func error(_ answer: CannedServer.Reply) async throws -> APIError? {
        var error: APIError?
        try await withClient(of: try CannedServer { _, _ in answer }) { client in
            error = await #expect(throws: APIError.self) { try await client.get(list) }
        }
        return error
    }

    @Test(arguments: [
        ("000 x", "not HTTP"), ("099 x", "not HTTP"), ("20 x", "not HTTP"), ("1000 x", "not HTTP"),
        ("101 Switching Protocols", "HTTP 101"), ("999 x", "HTTP 999"), ("304 x", "HTTP 304"),
    ])
    func anyStatusIsAnErrorInWords(status: String, says: String) async throws {
        let error = try await error(.last(CannedServer.http(status, empty)))
        #expect(error?.kind == .unavailable)
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    }

    /// For one device it is that device's answer, whatever the number.
    @Test(arguments: [400, 405, 406, 409, 410, 422, 451])
    func aRefusedRequestIsTriedOnce(status: Int) async throws {
        let error = try await error(.last(CannedServer.http("\(status) x", empty)))
        #expect(error?.kind == .badRequest)
        #expect(error?.message.contains("HTTP \(status)") == true)
    }

    @Test(arguments: ["100 Continue", "103 Early Hints", "204 No Content"])
    func aBodyThatMayNotBeThereIsNoAnswer(status: String) async throws {
        #expect(try await error(.last(CannedServer.http(status, empty)))?.kind == .unavailable)
    }

    @Test(arguments: [
        ("garbage\r\n\r\n", "not HTTP"), ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", "not HTTP"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", "closed the connection during the request"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", "closed the connection during the request"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", "cannot be read"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "not valid JSON"),
    ])
    func whatIsNoAnswerIsSaidInWords(answer: String, says: String) async throws {
        let error = try await error(.last(answer))
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    }

    @Test func headersWithoutEndAreCutOff() async throws {
        let lines = (0..<6000).map { "X-\($0): \(String(repeating: "x", count: 60))\r\n" }.joined()
        let error = try await error(.last("HTTP/1.1 200 OK\r\n\(lines)Content-Length: 2\r\n\r\n{}"))
        #expect(
            error?.message.contains("the answer has more than 256 kB of headers") == true,
            "\(error?.message ?? "")"
        )
    }

    @Test func aBodyIsBoundedAfterDecompression() async throws {
        try await withTemporaryFolder { folder in
            let made = try Program.run("/bin/sh", ["-c", "head -c 70000000 /dev/zero | gzip >'\(folder)/zeros'"])
            #expect(made.status == 0)
            let zeros = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/zeros")))
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(zeros.count)\r\n\r\n"
            let error = try await error(.bytes(Array(head.utf8) + zeros))
            #expect(error?.message.contains("the answer is larger than 64 MB") == true, "\(error?.message ?? "")")
        }
    }

    @Test func aByteOrderMarkBeforeJSONIsRead() async throws {
        let answer = CannedServer.http("200 OK", "\u{FEFF}\(empty)")
        try await withClient(of: try CannedServer(answer)) { client in
            let body = try await client.get(list)
            #expect(body == Array(empty.utf8))
        }
    }

    @Test func aRedirectIsNamedAndNotFollowed() async throws {
        let target = "https://login.example/v1?secret=hunter2"
        let server = try CannedServer(CannedServer.http("302 Found", "", headers: "Location: \(target)\r\n"))
        try await withClient(of: server, attempts: 6) { client in
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(error?.message == "GET /v1/mdmServers: HTTP 302 redirects to https://login.example/v1")
            #expect(server.requests.count == 1)
        }
    }

    @Test func nothingIsSentButWhatIsMeant() async throws {
        let answer = CannedServer.http("200 OK", empty, headers: "Set-Cookie: a=b\r\n")
        let server = try CannedServer { _, _ in .answer(answer) }
        try await withClient(of: server) { client in
            for _ in 0..<2 { _ = try await client.get(list) }
            let lines = server.requests.last?.split(separator: "\r\n").map(String.init) ?? []
            #expect(lines.first == "GET /v1/mdmServers HTTP/1.1")
            let names = lines.dropFirst().map { $0.prefix { $0 != ":" } }.sorted()
            #expect(names == ["Accept", "Accept-Encoding", "Authorization", "Host", "User-Agent"])
        }
    }

    /// libcurl would repeat it by itself, and nobody would know.
    @Test func aRequestOnAKeptConnectionThatDiesIsRepeatedByUsAlone() async throws {
        let answer = CannedServer.http("200 OK", empty)
        let server = try CannedServer { _, number in number == 1 ? .answer(answer) : .close }
        try await withClient(of: server, attempts: 3) { client in
            for _ in 0..<4 { _ = try await client.get(list) }
            #expect(server.requests.count > 4)
            #expect(client.requestCount == server.requests.count)
        }
    }

    /// Its connection is its own: on a kept one that dies, nobody can tell whether it arrived.
    @Test func aRequestForATokenArrivesOnce() async throws {
        let token = CannedServer.http("200 OK", #"{"access_token":"t","expires_in":1}"#)
        let server = try CannedServer { _, number in number == 1 ? .answer(token) : .close }
        defer { server.stop() }
        try await Account.with { account in
            var account = account
            account.settings.tokenURL = server.url + "/token"
            let client = try account.client(attempts: 1)
            for _ in 0..<3 { _ = try? await client.get(list) }
            await client.close()
        }
        let posts = server.requests.filter { $0.hasPrefix("POST ") }
        #expect(posts.count >= 3)
        #expect(Set(posts.compactMap { $0.split(separator: "client_assertion=").last }).count == posts.count)
        #expect(posts.allSatisfy { !$0.lowercased().contains("expect:") })
    }

    @Test(arguments: ["handshake", "headers", "body"]) func cancellationEndsWithinASecondIn(phase: String) async throws
    {
        let half = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"
        let server = try CannedServer { _, _ in phase == "body" ? .answer(half) : .silence }
        defer { server.stop() }
        try await Account.with { account in
            var account = account
            account.settings.apiURL = phase == "handshake" ? "https://127.0.0.1:\(server.port)" : server.url
            let client = try AppleClient(account.settings, environment: [:], cacheFolder: nil)
            let task = Task { try await client.get(list) }
            try await Task.sleep(for: .milliseconds(300))
            let began = ContinuousClock.now
            task.cancel()
            let error = await #expect(throws: APIError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
            await client.close()
            #expect(ContinuousClock.now - began < .seconds(1))
        }
    }

    @Test func whatIsAskedAfterTheEndIsNotWaitedFor() async throws {
        try await Account.with { account in
            let client = try account.client(attempts: 1)
            await client.close()
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(error?.message.contains("axport closed the connection") == true, "\(error?.message ?? "")")
        }
    }
}
