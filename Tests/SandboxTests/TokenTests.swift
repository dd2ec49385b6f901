import Crypto
import Sandbox
import Testing

@Suite struct TokenTests {
    @Test(arguments: [false, true], ["/auth/oauth2/token", "/auth/oauth2/v2/token"])
    func aTokenIsGivenForAFormOrAQuery(asQuery: Bool, path: String) async throws {
        try await withSandbox { client, _ in
            let reply = try await client.askForToken(SignedAssertion(), asQuery: asQuery, path: path)
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json")
            let json = try reply.json
            #expect(json["token_type"]?.text == "Bearer")
            #expect(json["expires_in"]?.int == 3600)
            #expect(json["scope"]?.text == "business.api")
            let token = try #require(json["access_token"]?.text)
            #expect(try await client.get("/v1/mdmServers", token: token).status == 200)
        }
    }

    static let wrong: [(AssertionProblem, SignedAssertion)] = [
        (.algorithm, SignedAssertion(algorithm: "HS256")),
        (.keyID, SignedAssertion(keyID: "another")),
        (.signature, SignedAssertion(key: P256.Signing.PrivateKey())),
        (.signature, SignedAssertion(isDER: true)),
        (.issuer, SignedAssertion(issuer: "BUSINESSAPI.another")),
        (.subject, SignedAssertion(subject: "BUSINESSAPI.another")),
        (.audience, SignedAssertion(audience: "https://account.apple.com/auth/oauth2/token")),
        (.issuedInFuture, SignedAssertion(issuedAgo: -3600)),
        (.expired, SignedAssertion(issuedAgo: 7200)),
        (.livesTooLong, SignedAssertion(livesFor: 181 * 86_400)),
        (.noID, SignedAssertion(id: "")),
    ]

    @Test(arguments: wrong.indices)
    func aWrongAssertionIsAnInvalidClient(_ place: Int) async throws {
        let (problem, assertion) = Self.wrong[place]
        try await withSandbox { client, _ in
            let reply = try await client.askForToken(assertion)
            #expect(reply.status == 400)
            #expect(reply.body == "{\"error\":\"invalid_client\"}")
            #expect(await client.sandbox.statistics.tokensRefused == [problem: 1])
        }
    }

    @Test func anotherClientOrScopeIsAnInvalidClient() async throws {
        try await withSandbox { client, _ in
            let otherClient = try await client.askForToken(SignedAssertion(), clientID: "BUSINESSAPI.another")
            let otherScope = try await client.askForToken(SignedAssertion(), scope: "school.api")
            #expect(otherClient.status == 400)
            #expect(otherScope.status == 400)
            #expect(await client.sandbox.statistics.tokensRefused == [.clientID: 1, .scope: 1])
        }
    }

    @Test func anAssertionMayLive180Days() async throws {
        try await withSandbox { client, _ in
            let reply = try await client.askForToken(SignedAssertion(livesFor: 180 * 86_400))
            #expect(reply.status == 200)
        }
    }

    @Test(arguments: ["", "nonsense", "a.b", "e30.e30.e30", "e30.e30.\u{E4}"])
    func whatIsNoAssertionIsAnInvalidClient(_ text: String) async throws {
        try await withSandbox { client, _ in
            let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            let form =
                "grant_type=client_credentials&client_id=\(client.sandbox.clientID)&scope=business.api"
                + "&client_assertion_type=\(type)&client_assertion=\(text)"
            let reply = try await client.send("POST", client.sandbox.tokenURL, headers: [], body: form)
            #expect(reply.status == 400)
            #expect(reply.body == "{\"error\":\"invalid_client\"}")
            #expect(await client.sandbox.statistics.tokensRefused == [.malformed: 1])
        }
    }

    @Test func missingParametersAreAnInvalidRequest() async throws {
        try await withSandbox { client, _ in
            let reply = try await client.send("POST", client.sandbox.tokenURL, headers: [], body: "scope=business.api")
            #expect(reply.status == 400)
            #expect(reply.body == "{\"error\":\"invalid_request\"}")
        }
    }

    @Test func aTokenExpires() async throws {
        try await withSandbox(.with { $0.tokenLifetimeSeconds = 1 }) { client, token in
            try await Task.sleep(for: .milliseconds(1100))
            let late = try await client.get("/v1/mdmServers", token: token)
            #expect(late.status == 401)
            #expect(try late.json["errors"]?[0]?["code"]?.text == "NOT_AUTHORIZED")
        }
    }

    @Test func revokedTokensAreRefused() async throws {
        try await withSandbox { client, token in
            await client.sandbox.revokeTokens()
            let reply = try await client.get("/v1/mdmServers", token: token)
            #expect(reply.status == 401)
        }
    }

    @Test func theStatusOfAnInvalidClientIsASwitch() async throws {
        let options = try SandboxOptions.with { $0.switches = try SandboxSwitches(parsing: ["token-error=401"]) }
        try await withSandbox(options) { client, _ in
            let reply = try await client.askForToken(SignedAssertion(keyID: "another"))
            #expect(reply.status == 401)
        }
    }

    @Test func theSchoolHasAScopeAndAPrefixOfItsOwn() async throws {
        try await withSandbox(.with { $0.platform = .school }) { client, _ in
            #expect(client.sandbox.clientID.hasPrefix("SCHOOLAPI."))
            let reply = try await client.askForToken(SignedAssertion(), scope: "business.api")
            #expect(reply.status == 400)
        }
    }
}
