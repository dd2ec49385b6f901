/// When a run must have sent its last request.
package struct RunDeadline: Sendable {
    package let instant: ContinuousClock.Instant
    /// What set it, as the user wrote it.
    package let setting: String

    package init(instant: ContinuousClock.Instant, setting: String) {
        self.instant = instant
        self.setting = setting
    }
}

/// What one stage of a run may ask for. Beyond it, requests end in ``APIError/Kind/budgetSpent``.
package struct StageBudget: Sendable {
    /// Repeated and refused ones included.
    package var requests: Int?
    package var deadline: ContinuousClock.Instant?

    package init(requests: Int?, deadline: ContinuousClock.Instant?) {
        self.requests = requests
        self.deadline = deadline
    }
}
