import Records
import Stages

/// The tries of one request.
struct Attempts {
    private let patience: Patience
    private let began = ContinuousClock.now
    private(set) var failed = 0
    private var refusals = 0

    private static let refusalLimit = 30

    init(_ patience: Patience) { self.patience = patience }

    /// Seconds to wait before the next try; nil if there shall be none.
    ///
    /// - Parameter kind: why there was no answer; nil after an unusable answer.
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

    /// A 429, after which the limiter makes everybody wait.
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
