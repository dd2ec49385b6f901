import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Provides the bearer token. Requests a new one when needed, once for all waiting tasks.
actor TokenSource {
    private let settings: SourceSettings
    private let assertion: ClientAssertion
    private let transport: Transport
    private let limiter: Limiter
    private let secrets: Secrets
    private let file: TokenFile?
    private let patience: Patience
    private let clock: @Sendable () -> Timestamp
    /// Whether Apple has given a token for this key before.
    private var hasWorked: Bool
    private var token: Token?
    private var pending: Task<Token, any Error>?

    init(
        _ settings: SourceSettings,
        key: PrivateKey,
        transport: Transport,
        limiter: Limiter,
        secrets: Secrets,
        cacheFolder: String?,
        patience: Patience,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.settings = settings
        self.transport = transport
        self.limiter = limiter
        self.secrets = secrets
        self.patience = patience
        self.clock = clock
        assertion = ClientAssertion(clientID: settings.clientID, keyID: settings.keyID, key: key)
        file = cacheFolder.map {
            TokenFile(
                folder: $0,
                clientID: settings.clientID,
                keyID: settings.keyID,
                key: key,
                tokenURL: settings.tokenURL
            )
        }
        token = file?.read()
        if let token { secrets.add(token.text) }
        hasWorked = token != nil
    }

    func current() async throws -> Token {
        if let token, token.isFresh(at: .now) { return token }
        if let pending { return try await pending.value }
        let task = Task { try await self.request() }
        pending = task
        defer { pending = nil }
        let fresh = try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
        token = fresh
        hasWorked = true
        file?.write(fresh)
        return fresh
    }

    /// Discards a token that Apple refused. Does nothing if another task has already replaced it.
    func discard(_ refused: Token) {
        guard token?.text == refused.text else { return }
        token = nil
        file?.delete()
    }

    private func request() async throws -> Token {
        var attempts = Attempts(patience)
        let what = "the token endpoint \(settings.tokenURL)"
        while true {
            // A 429 for tokens only costs time: it says nothing about the pace of the API.
            _ = try await limiter.turn(for: .token)
            do {
                let answer = try await transport.send(try tokenRequest(), timeLeft: await limiter.runTimeLeft)
                await limiter.heard()
                if let token = try token(from: answer) { return token }
                guard answer.status == 429 else {
                    if answer.status >= 500, let wait = answer.wait { await limiter.pause(for: wait) }
                    try await rest(&attempts, after: APIError(.unavailable, "\(what) answers HTTP \(answer.status)"))
                    continue
                }
                await limiter.pause(for: answer.wait)
                try await rest(
                    &attempts,
                    after: APIError(
                        .unavailable,
                        "\(what) still limits requests: too many token requests for this client ID (429)",
                        advice: "run again later; other programs may use the same API account"
                    )
                )
            } catch let problem as NoAnswer {
                try await rest(&attempts, after: problem.error(of: "\(what) cannot be reached"), problem.kind)
            }
        }
    }

    /// Waits before the next attempt.
    ///
    /// - Throws: `problem`, if there is no next attempt.
    private func rest(_ attempts: inout Attempts, after problem: APIError, _ kind: NoAnswer.Kind? = nil) async throws {
        guard let pause = attempts.pause(after: kind, hasAnswered: await limiter.hasHeard) else { throw problem }
        try await limiter.rest(for: pause)
    }

    private func tokenRequest() throws -> HTTPRequest {
        let scope = settings.platform == .school ? "school.api" : "business.api"
        let signed = try assertion.signed(at: clock())
        secrets.add(signed)
        let parameters = [
            ("grant_type", "client_credentials"), ("client_id", settings.clientID),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", signed), ("scope", scope),
        ]
        return HTTPRequest(
            url: settings.tokenURL,
            // Without the last header, libcurl would wait for "100 Continue" before a long form.
            headers: ["Content-Type: application/x-www-form-urlencoded", "Accept: application/json", "Expect:"],
            form: parameters.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        )
    }

    /// Nil if another attempt may help. The body is never shown: it can repeat the assertion.
    private func token(from answer: HTTPAnswer) throws(APIError) -> Token? {
        switch answer.status {
        case 200:
            do {
                let reply = try TokenReply(answer.body)
                secrets.add(reply.token)
                let now = Double(Timestamp.now.microseconds) / 1_000_000
                return Token(text: reply.token, issuedAt: now, endsAt: now + reply.lifetime)
            } catch {
                throw APIError(
                    .unavailable,
                    "the token endpoint \(settings.tokenURL) answered HTTP 200 with \(error.cause)",
                    advice: "check token_url and any proxy or login page between this machine and Apple"
                )
            }
        case 300..<400: throw answer.redirection(of: "the token endpoint \(settings.tokenURL)", hiding: secrets)
        case 400, 401, 403, 407:
            let code = (try? JSONDecoder().decode(Refusal.self, from: Data(answer.body)))?.error
            if answer.status == 407 || (code == nil && answer.proxy != nil) {
                throw answer.proxyRefusal(of: "the token endpoint \(settings.tokenURL)")
            }
            let said = code.map { ForeignText($0, hiding: secrets).description }
            throw refusal(said ?? "HTTP \(answer.status)", clockOfApple: answer.date)
        default: return nil
        }
    }

    private struct Refusal: Decodable { let error: String }

    /// A clock that is off by less than this is not the cause: Apple tolerates a few minutes.
    private static let tolerableSkew: Int64 = 60

    /// Apple gives the same answer for every cause, so this names the likeliest one.
    private func refusal(_ code: String, clockOfApple: Timestamp?) -> APIError {
        let account = "the token endpoint denied the API account \(settings.clientID) (\(code))"
        let skew = clockOfApple.map { (clock().microseconds - $0.microseconds) / 1_000_000 } ?? 0
        if abs(skew) >= Self.tolerableSkew {
            let size = abs(skew) < 7200 ? "\(abs(skew) / 60) min \(abs(skew) % 60) s" : "\(abs(skew) / 3600) h"
            return APIError(
                .credentialsRefused,
                "\(account), and this machine's clock is \(size) \(skew > 0 ? "ahead of" : "behind") Apple's",
                advice: "set the clock: token requests are signed with the current time"
            )
        }
        if hasWorked {
            return APIError(
                .credentialsRefused,
                "\(account), which it accepted before: the key has probably been revoked",
                advice:
                    "check the API account in Apple Business Manager or Apple School Manager, and create a new key there"
            )
        }
        return APIError(
            .credentialsRefused,
            account,
            advice: "check that client_id, key_id and private_key belong together, that the key was not revoked, "
                + "and that platform: \(settings.platform.rawValue) and this machine's clock are right"
        )
    }
}
