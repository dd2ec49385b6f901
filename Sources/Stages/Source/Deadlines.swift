/// The time by which a run must have sent its last request.
package struct RunDeadline: Sendable {
    package let instant: ContinuousClock.Instant
    /// The setting that determines it, as the user wrote it.
    package let setting: String

    package init(instant: ContinuousClock.Instant, setting: String) {
        self.instant = instant
        self.setting = setting
    }
}

/// The maximum that one stage of a run may request. Beyond it, requests end in ``APIError/Kind/budgetSpent``.
package struct StageBudget: Sendable {
    /// Including retries and refused requests.
    package var requests: Int?
    package var deadline: ContinuousClock.Instant?

    package init(requests: Int?, deadline: ContinuousClock.Instant?) {
        self.requests = requests
        self.deadline = deadline
    }
}
