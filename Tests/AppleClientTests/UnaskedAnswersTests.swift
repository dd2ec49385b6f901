import Records
import Stages
import Synchronization
import TestSupport
import Testing

@testable import AppleClient

/// Bytes that a server sends at the wrong time, and answers that end too early.
@Suite struct UnaskedAnswersTests {
    private let list = APITarget.path("/v1/mdmServers")

    /// Answers the requests of all connections in turn; the last reply serves all that follow.
    private func server(_ replies: CannedServer.Reply...) throws -> CannedServer {
        let count = Mutex(0)
        return try CannedServer { _, _ in
            count.withLock {
                $0 += 1
                return replies[min($0, replies.count) - 1]
            }
        }
    }

    private func good(_ text: String) -> String { CannedServer.http("200 OK", "{\"data\":[\"\(text)\"]}") }

    @Test(arguments: ["200 OK", "408 Request Timeout"])
    func aLaterAnswerOnAKeptConnectionBelongsToNoRequest(status: String) async throws {
        let unasked = CannedServer.http(status, #"{"data":["unasked"]}"#)
        let server = try server(.twice(good("first"), unasked), .answer(good("second")))
        try await withClient(of: server) { client in
            _ = try await client.get(list)
            try await Task.sleep(for: .milliseconds(100))
            let second = try await client.get(list)
            #expect(String(decoding: second, as: UTF8.self).contains("second"))
            #expect(server.requests.count == 2, "nothing is sent on the first connection again")
        }
    }

    @Test func aConnectionWithoutSuchBytesIsKept() async throws {
        let numbers = Mutex<[Int]>([])
        let answer = good("x")
        let server = try CannedServer { _, number in
            numbers.withLock { $0.append(number) }
            return .answer(answer)
        }
        try await withClient(of: server) { client in
            for _ in 1...3 { _ = try await client.get(list) }
        }
        #expect(numbers.withLock { $0 } == [1, 2, 3])
    }

    @Test func aRequestThatAGatewayTimedOutIsSentAgain() async throws {
        let server = try server(.last(CannedServer.http("408 Request Timeout", "{}")), .answer(good("x")))
        try await withClient(of: server, attempts: 2) { client in _ = try await client.get(list) }
        #expect(server.requests.count == 2)
    }

    @Test func aLineOfAHeaderMayBeTooLong() async throws {
        let line = String(repeating: "x", count: 200_000)
        let server = try server(.last("HTTP/1.1 200 OK\r\nX: \(line)\r\nContent-Length: 2\r\n\r\n{}"))
        try await withClient(of: server) { client in
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(error?.message.contains("a header line that is too long") == true, "\(error?.message ?? "")")
        }
    }

    /// 200 with a body that ends too early is a fault on the way, not Apple's limit.
    @Test func answersThatEndTooEarlyAreNoLimit() async throws {
        let server = try server(.last("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"data\":[]}"))
        try await withClient(of: server, attempts: 6) { client in
            _ = await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(await client.learnedRate == nil)
            #expect(await client.limitsMet.count == 0)
        }
        #expect(server.requests.count == 6)
    }

    @Test func silencesTeachAPaceOnlyIfAnAnswerFollows() async throws {
        try await withClient(of: try server(.close), attempts: 6) { client in
            _ = await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(await client.learnedRate == nil)
        }
        try await withClient(of: try server(.close, .close, .close, .answer(good("x"))), attempts: 6) { client in
            _ = try await client.get(list)
            #expect(await client.learnedRate != nil)
        }
    }

    @Test(arguments: ["/v1/../auth", "/v1/./a", "/v1/.."])
    func linksWithDotsLeadElsewhere(path: String) async throws {
        let server = try server(.answer(good("x")))
        try await withClient(of: server) { client in
            #expect(client.refusal(ofLink: server.url + path)?.kind == .unsafe)
        }
    }
}
