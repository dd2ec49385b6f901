import Pipeline

/// The tries of one request.
struct Attempts {
    private let patience: Patience
    private let limiter: Limiter
    private let began = ContinuousClock.now
    private var failed = 0
    private var refusals = 0

    private static let refusalLimit = 30

    init(_ patience: Patience, _ limiter: Limiter) {
        self.patience = patience
        self.limiter = limiter
    }

    /// Waits before the next try.
    ///
    /// - Throws: `problem`, when there shall be none.
    mutating func wait(after problem: APIError, _ kind: NoAnswer.Kind? = nil) async throws {
        failed += 1
        let isOver =
            switch kind {
            case .permanent, .unauthorized: true
            case .unconnected:
                patience.isOver(
                    after: failed,
                    seconds: (ContinuousClock.now - began).inSeconds,
                    hasAnswered: await limiter.hasHeard
                )
            case .dropped, .late, nil: failed >= patience.attempts
            }
        if isOver { throw problem }
        try await limiter.rest(for: patience.backoff(beforeAttempt: failed))
    }

    /// A 429, after which the limiter makes everybody wait.
    mutating func refused(_ what: String) throws(APIError) {
        refusals += 1
        guard refusals > Self.refusalLimit else { return }
        throw APIError(
            .unavailable,
            "\(what): Apple's rate limit was still in force after \(refusals) refusals (429)",
            advice: "run it again later; `rate` in the source section sets a slower pace"
        )
    }
}
