import Pipeline
import Records

/// What Apple allows, and what the next run asks.
struct TonightFindings {
    private let forecast: PlanForecast

    /// A night is not longer.
    private static let longest = 8.0 * 3600

    init(_ forecast: PlanForecast) { self.forecast = forecast }

    var all: [Finding] { [limit, tonight] }

    private var limit: Finding {
        if let rate = forecast.rate, rate < forecast.learnedRate ?? .infinity {
            return .fact("limit", "the source's own rate: \(Self.shown(rate))")
        }
        guard let learned = forecast.learnedRate else {
            return .fact("limit", "not known: Apple has not limited a run yet")
        }
        return .fact("limit", "Apple last allowed \(Self.shown(learned))")
    }

    private var tonight: Finding {
        guard forecast.isComplete else {
            return .fact("tonight", "the number of requests is known after the first listing")
        }
        let requests = (forecast.isAtMost ? "at most " : "") + counted(forecast.known, "request")
        let waiting =
            forecast.heldBack > 0
            ? "; \(counted(forecast.heldBack, "device waits", "devices wait")) for later runs" : ""
        guard let rate = forecast.learnedRate ?? forecast.rate else {
            let slowest = ProgressLine.duration(forecast.seconds(at: PlanForecast.slowestRate))
            return .fact("tonight", "\(requests), \(slowest) if Apple allows 20 requests a minute\(waiting)")
        }
        let seconds = forecast.seconds(at: rate)
        let said = "\(requests), about \(ProgressLine.duration(seconds))\(waiting)"
        return seconds > Self.longest
            ? .doubtful("tonight", said, hint: "set `max_requests` of the slowest stage, so that each run does a part")
            : .fact("tonight", said)
    }

    private static func shown(_ rate: Double) -> String {
        rate < 1
            ? "\((rate * 600).rounded() / 10) requests a minute" : "\((rate * 10).rounded() / 10) requests a second"
    }
}
