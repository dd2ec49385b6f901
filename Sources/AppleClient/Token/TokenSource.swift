import Records
import Stages

/// Provides the bearer token. Requests a new one when needed, once for all waiting tasks.
actor TokenSource {
    private let exchange: TokenExchange
    private let transport: Transport
    private let limiter: Limiter
    private let secrets: Secrets
    private let file: TokenFile?
    private let patience: Patience
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
        exchange = TokenExchange(settings, key: key, secrets: secrets, clock: clock)
        self.transport = transport
        self.limiter = limiter
        self.secrets = secrets
        self.patience = patience
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
        let task = Task(executorPreference: RunThread.current) { try await self.request() }
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
        let what = exchange.endpoint
        while true {
            // A 429 for tokens only costs time: it says nothing about the pace of the API.
            _ = try await limiter.turn(for: .token)
            do {
                let answer = try await transport.send(try exchange.request(), timeLeft: await limiter.runTimeLeft)
                await limiter.heard()
                if let token = try exchange.token(from: answer, hasWorked: hasWorked) { return token }
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
}
