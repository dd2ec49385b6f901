import Stages

extension APIError {
    /// Never shown: the stage counts what waits.
    static let budgetSpent = APIError(.budgetSpent, "the stage may ask no more in this run")

    static func waitTooLong(_ seconds: Double, longest: Double) -> APIError {
        APIError(
            .outOfTime,
            "Apple's rate limit asks to wait \(Int(seconds)) s, longer than max_wait (\(Int(longest)) s)",
            advice: "run it again later, or raise max_wait of the source; the next run goes on from there"
        )
    }

    static func silent(_ seconds: Double) -> APIError {
        APIError(
            .outOfTime,
            "Apple has not answered anything for \(Int(seconds)) s",
            advice: "check network and proxy; the next run goes on from there"
        )
    }

    static func refusedThroughout(_ seconds: Double) -> APIError {
        APIError(
            .outOfTime,
            "Apple has refused everything for \(Int(seconds)) s (429), and does not say how long to wait",
            advice: "run it again later; the next run goes on from there"
        )
    }
}

extension RunDeadline {
    var error: APIError {
        APIError(
            .outOfTime,
            "the time for asking Apple (\(setting)) was over",
            advice: "the next run goes on from there"
        )
    }
}
