import Records
import Stages

/// The attempts of one request.
struct Attempts {
    private let patience: Patience
    private let began = ContinuousClock.now
    private(set) var failed = 0
    private var refusals = 0

    private static let refusalLimit = 30

    init(_ patience: Patience) { self.patience = patience }

    /// Seconds before the next attempt; nil if the request is not sent again.
    ///
    /// - Parameter kind: why no answer came; nil after an unusable answer.
    mutating func pause(after kind: NoAnswer.Kind?, hasAnswered: Bool) -> Double? {
        failed += 1
        let isOver =
            switch kind {
            case .permanent, .unauthorized: true
            case .unconnected:
                patience.isOver(
                    after: failed,
                    seconds: (ContinuousClock.now - began).inSeconds,
                    hasAnswered: hasAnswered
                )
            case .dropped, .late, nil: failed >= patience.attempts
            }
        return isOver ? nil : patience.backoff(beforeAttempt: failed)
    }

    /// Records a 429. The limiter then makes all requests wait.
    mutating func refused(_ what: String) throws(APIError) {
        refusals += 1
        guard refusals > Self.refusalLimit else { return }
        throw APIError(
            .unavailable,
            "\(what): Apple still limited the requests after \(refusals) attempts (429)",
            advice: "run again later, or set a lower `rate` in the source section"
        )
    }
}
