/// A past assignment of devices, for clients that read activities.
package struct SandboxActivity: Sendable, Hashable {
    package let id: String
    package let status: String
    package let subStatus: String
    let created: Moment
    let completed: Moment?
}

extension Fleet {
    /// One activity that succeeded, one with errors, one that is running and one that failed.
    package var activities: [SandboxActivity] {
        let outcomes = [
            ("COMPLETED", "COMPLETED_WITH_SUCCESS"), ("COMPLETED", "COMPLETED_WITH_ERROR"),
            ("IN_PROGRESS", "PROCESSING"), ("FAILED", "COMPLETED_WITH_FAILURE"),
        ]
        return outcomes.enumerated().map { number, outcome in
            var draw = Draw(seed, .organization, 1, number)
            let created = Moment(milliseconds: beginning(ofNight: night).milliseconds - Int64(draw.below(20_000_000)))
            let isComplete = outcome.0 == "COMPLETED"
            return SandboxActivity(
                id: UUIDText.draw(&draw),
                status: outcome.0,
                subStatus: outcome.1,
                created: created,
                completed: isComplete ? Moment(milliseconds: created.milliseconds + 11_788) : nil
            )
        }
    }
}
