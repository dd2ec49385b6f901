import Sandbox
import Testing

@Suite struct FaultTests {
    /// Sends what arrives of a body, and whether it ended as it should.
    private func receive(_ client: SandboxClient, _ path: String, _ token: String) async throws -> (
        Int, String, ended: Bool
    ) {
        let headers = [("Authorization", "Bearer \(token)"), ("Accept", "application/json")]
        let exchange = await Exchange.send("GET", client.sandbox.apiURL + path, headers: headers, seconds: 10)
        return (exchange.status, String(decoding: exchange.body, as: UTF8.self), exchange.hasEnded)
    }

    @Test(arguments: [FaultKind.reset, .truncate], ["/v1/orgDevices?limit=1000", "/v1/mdmServers"])
    func theConnectionEndsInTheMiddleOfABody(_ kind: FaultKind, _ path: String) async throws {
        try await withSandbox { client, token in
            let whole = try await receive(client, path, token)
            #expect(whole.ended)
            await client.sandbox.setFaults([Fault(kind, 1)])
            let broken = try await receive(client, path, token)
            #expect(broken.0 == 200)
            #expect(!broken.ended)
            #expect(!broken.1.isEmpty)
            #expect(broken.1.utf8.count < whole.1.utf8.count)
            #expect(whole.1.hasPrefix(broken.1))
            #expect(await client.sandbox.statistics.faults == [kind: 1])
        }
    }

    @Test func statusFaultsHaveTheirStatus() async throws {
        try await withSandbox { client, token in
            await client.sandbox.setFaults([Fault(.serverError, 1)])
            let error = try await client.get("/v1/orgDevices", token: token)
            #expect(error.status == 500)
            #expect(try error.json["errors"]?[0]?["status"]?.text == "500")

            await client.sandbox.setFaults([Fault(.unavailable, 1)])
            let first = try await client.get("/v1/orgDevices", token: token)
            let second = try await client.get("/v1/orgDevices", token: token)
            #expect([first.status, second.status] == [503, 503])
            #expect([first.headers["retry-after"], second.headers["retry-after"]] == ["1", nil])

            await client.sandbox.setFaults([Fault(.html, 1)])
            let page = try await client.get("/v1/orgDevices", token: token)
            #expect(page.status == 502)
            #expect(page.headers["content-type"] == "text/html")
            #expect(page.body.hasPrefix("<html>"))

            await client.sandbox.setFaults([Fault(.tooMany, 1)])
            let tooMany = try await client.get("/v1/orgDevices", token: token)
            #expect(tooMany.status == 429)
            #expect(tooMany.headers["retry-after"] == "1")

            await client.sandbox.setFaults([Fault(.expire, 1)])
            let expired = try await client.get("/v1/orgDevices", token: token)
            #expect(expired.status == 401)
            await client.sandbox.setFaults([])
            let still = try await client.get("/v1/orgDevices", token: token)
            #expect(still.status == 401)
            let renewed = try await client.get("/v1/orgDevices", token: client.token())
            #expect(renewed.status == 200)
        }
    }

    @Test func theTokenEndpointIsLimitedOnItsOwn() async throws {
        try await withSandbox { client, token in
            await client.sandbox.setFaults([Fault(.tooManyTokens, 1)])
            let refused = try await client.askForToken(SignedAssertion())
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "1")
            let listed = try await client.get("/v1/orgDevices", token: token)
            #expect(listed.status == 200)
        }
    }

    @Test func badJSONIsAWholeBodyThatDoesNotParse() async throws {
        try await withSandbox { client, token in
            await client.sandbox.setFaults([Fault(.badJSON, 1)])
            let (status, body, ended) = try await receive(client, "/v1/orgDevices", token)
            #expect(status == 200)
            #expect(ended)
            #expect(throws: (any Error).self) { try JSON(body) }
        }
    }

    @Test func aStallSendsNothingAndDoesNotKeepTheSandboxFromStopping() async throws {
        let sandbox = try await Sandbox.start(.with { $0.stallSeconds = 60 })
        let client = SandboxClient(sandbox: sandbox)
        let token = try await client.token()
        await sandbox.setFaults([Fault(.stall, 1)])
        await #expect(throws: (any Error).self) {
            try await client.get("/v1/orgDevices", token: token, seconds: 1)
        }
        let waiting = Task { try await client.get("/v1/orgDevices", token: token) }
        try await Task.sleep(for: .milliseconds(200))
        let stopped = await ContinuousClock().measure { await sandbox.stop() }
        #expect(stopped < .seconds(20))
        await #expect(throws: (any Error).self) { try await waiting.value }
    }

    @Test func aStallEndsAfterItsTime() async throws {
        try await withSandbox(.with { $0.stallSeconds = 0.4 }) { client, token in
            await client.sandbox.setFaults([Fault(.stall, 1)])
            let time = try await ContinuousClock().measure {
                let reply = try await client.get("/v1/orgDevices", token: token)
                #expect(reply.status == 200)
            }
            #expect(time >= .milliseconds(400))
        }
    }

    @Test func theLastRowOfAPageIsRepeatedOnTheNext() async throws {
        try await withSandbox { client, token in
            await client.sandbox.setFaults([Fault(.repeated, 1)])
            let pages = try await client.pages("/v1/orgDevices", token: token)
            for (page, next) in zip(pages, pages.dropFirst()) {
                #expect(page["data"]?.elements.last?["id"] == next["data"]?[0]?["id"])
            }
            let ids = pages.flatMap { $0["data"]?.elements ?? [] }.compactMap { $0["id"]?.text }
            #expect(Set(ids) == Set(client.sandbox.fleet.listedSerials))
            #expect(ids.count == Set(ids).count + pages.count - 1)
        }
    }

    @Test func aListedDeviceVanishesWhenReadAlone() async throws {
        try await withSandbox { client, token in
            await client.sandbox.setFaults([Fault(.vanish, 1)])
            let serial = client.sandbox.fleet.listedSerials[0]
            for path in ["", "/appleCareCoverage"] {
                let reply = try await client.get("/v1/orgDevices/\(serial)\(path)", token: token)
                #expect(reply.status == 404)
            }
            let listed = try await client.get("/v1/orgDevices?limit=1", token: token).json
            #expect(listed["data"]?[0]?["id"]?.text == serial)
        }
    }

    @Test func aCursorExpires() async throws {
        try await withSandbox { client, token in
            await client.sandbox.setFaults([Fault(.cursor, 1)])
            let first = try await client.get("/v1/orgDevices", token: token)
            #expect(first.status == 200)
            let next = try #require(try first.json["links"]?["next"]?.text)
            let second = try await client.get(next, token: token)
            #expect(second.status == 400)
            #expect(try second.json["errors"]?[0]?["source"]?["parameter"]?.text == "cursor")
        }
    }

    @Test func theNextLinkLeadsElsewhere() async throws {
        try await withSandbox { client, token in
            await client.sandbox.setFaults([Fault(.nextHost, 1)])
            let first = try await client.get("/v1/orgDevices", token: token).json
            #expect(first["links"]?["next"]?.text?.hasPrefix("http://127.0.0.2:9/v1/orgDevices?cursor=") == true)
        }
    }

    @Test func faultsComeAsOftenAsTheirProbabilitySays() async throws {
        try await withSandbox { client, token in
            await client.sandbox.setFaults([Fault(.serverError, 0.2)])
            var failed = 0
            for _ in 0..<400 {
                failed += try await client.get("/v1/mdmServers?limit=1", token: token).status == 500 ? 1 : 0
            }
            #expect((40...120).contains(failed))
            #expect(await client.sandbox.statistics.faults[.serverError] == failed)
            #expect(await client.sandbox.statistics.requests[.servers] == 400)
        }
    }
}
