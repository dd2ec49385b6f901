import Hummingbird

/// `POST /auth/oauth2/token`: exchanges a signed assertion for a bearer token.
struct TokenEndpoint {
    static let paths = ["/auth/oauth2/token", "/auth/oauth2/v2/token"]
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    let directory: Directory

    func answer(_ request: Request) async throws -> Answer {
        let body = try await request.body.collect(upTo: 64 * 1024)
        let form = Query("\(request.uri.query ?? "")&\(String(buffer: body))")
        let state = directory.organization(ofClient: form["client_id"])
        state.count { $0.requests[.token, default: 0] += 1 }
        guard request.method == .post else {
            return Answer(status: 405, text: "{\"error\":\"invalid_request\"}")
        }
        if state.drawFaults().contains(.tooManyTokens) {
            state.count { $0.faults[.tooManyTokens, default: 0] += 1 }
            let wait = RetryAfter.text(seconds: 1, state.options.switches.retryAfter)
            return Answer(status: 429, text: "{\"error\":\"too_many_requests\"}", retryAfter: wait)
        }
        guard let clientID = form["client_id"], let assertion = form["client_assertion"], let scope = form["scope"],
            form["client_assertion_type"] == Self.assertionType
        else { return Answer(status: 400, text: "{\"error\":\"invalid_request\"}") }
        guard form["grant_type"] == "client_credentials" else {
            return Answer(status: 400, text: "{\"error\":\"unsupported_grant_type\"}")
        }
        do {
            try Self.verify(assertion, clientID: clientID, scope: scope, state)
        } catch {
            state.count { $0.tokensRefused[error, default: 0] += 1 }
            let status = state.options.switches.tokenError == .badRequest ? 400 : 401
            return Answer(status: status, text: "{\"error\":\"invalid_client\"}")
        }
        state.count { $0.tokensIssued += 1 }
        var json = JSONText()
        json.object([
            SandboxAttribute("access_token", .text(state.tokens.issue())),
            SandboxAttribute("token_type", .text("Bearer")),
            SandboxAttribute("expires_in", .number("\(state.options.tokenLifetimeSeconds)")),
            SandboxAttribute("scope", .text(scope)),
        ])
        return Answer(status: 200, body: json.bytes)
    }

    private static func verify(
        _ text: String,
        clientID: String,
        scope: String,
        _ state: SandboxState
    ) throws(AssertionProblem) {
        let assertion = try ClientAssertion(text)
        guard clientID == state.credentials.clientID else { throw .clientID }
        guard !state.options.isKeyRevoked else { throw .keyID }
        try assertion.verify(against: state.credentials, now: WallClock.now)
        guard scope == state.options.platform.scope else { throw .scope }
    }
}
