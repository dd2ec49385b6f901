/// An activity as clients read it.
package struct SandboxActivity: Sendable, Hashable {
    package let id: String
    package let type: ActivityType
    package let status: String
    package let subStatus: String
    let created: Moment
    let completed: Moment?
    /// The rows of its log; nil if it has none.
    let log: [LogRow]?
}

struct LogRow: Sendable, Hashable {
    let serial: String
    let word: LogWord
}

extension Fleet {
    /// Activities before the sandbox started: one that succeeded, one with errors, one that is running, and one that
    /// failed.
    package var activities: [SandboxActivity] {
        let outcomes = [
            ("COMPLETED", "COMPLETED_WITH_SUCCESS"), ("COMPLETED", "COMPLETED_WITH_ERROR"),
            ("IN_PROGRESS", "PROCESSING"), ("FAILED", "COMPLETED_WITH_FAILURE"),
        ]
        return outcomes.enumerated().map { number, outcome in
            var draw = Draw(seed, .organization, 1, number)
            let created = Moment(milliseconds: beginning(ofNight: night).milliseconds - Int64(draw.below(20_000_000)))
            let isComplete = outcome.0 == "COMPLETED"
            let rows = (0..<min(4, count)).map { index in
                let failed = outcome.1 == "COMPLETED_WITH_ERROR" && index % 2 == 1
                return LogRow(serial: serial(at: index), word: failed ? .notAllowed : .updated)
            }
            return SandboxActivity(
                id: UUIDText.draw(&draw),
                type: .assign,
                status: outcome.0,
                subStatus: outcome.1,
                created: created,
                completed: isComplete ? Moment(milliseconds: created.milliseconds + 11_788) : nil,
                log: isComplete ? rows : nil
            )
        }
    }
}
