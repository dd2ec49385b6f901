import Records
import Stages

extension APIError {
    /// Never shown to users: the stage counts its waiting requests.
    static let budgetSpent = APIError(.budgetSpent, "the stage has reached its limit for this run")

    static func leaseLost(_ failure: Failure) -> APIError {
        APIError(.leaseLost, failure.message, advice: failure.advice)
    }

    static func waitTooLong(_ seconds: Double, longest: Double) -> APIError {
        APIError(
            .outOfTime,
            "Apple's rate limit asks to wait \(Int(seconds)) s, longer than max_wait (\(Int(longest)) s)",
            advice: "run again later, or raise max_wait of the source; the next run continues where this one stopped"
        )
    }

    static func silent(_ seconds: Double) -> APIError {
        APIError(
            .outOfTime,
            "Apple has not answered any request for \(Int(seconds)) s",
            advice: "check network and proxy; the next run continues where this one stopped"
        )
    }

    static func refusedThroughout(_ seconds: Double) -> APIError {
        APIError(
            .outOfTime,
            "Apple has limited every request for \(Int(seconds)) s (429) without saying how long to wait",
            advice: "run again later; the next run continues where this one stopped"
        )
    }
}

extension RunDeadline {
    var error: APIError {
        APIError(
            .outOfTime,
            "the time limit for requests to Apple (\(setting)) was reached",
            advice: "the next run continues where this one stopped"
        )
    }
}
