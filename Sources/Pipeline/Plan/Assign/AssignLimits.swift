import Stages

/// How much one plan may do. A plan beyond a limit is refused as a whole.
package struct AssignLimits: Sendable, Hashable {
    /// Devices that one plan may send.
    package var devices = 50
    /// Devices among them that leave a service.
    package var moves = 0
    /// Devices in one activity. Apple documents no maximum.
    package var chunk = 500
    /// Activities that one `apply` may start. About ten an hour were reported to be accepted.
    package var activities = 5

    package init() {}

    /// What is wrong with the numbers.
    var problems: [String] {
        let ranges = [("chunk", chunk, 1...1000), ("max_activities", activities, 1...100)]
        return ranges.filter { !$2.contains($1) }.map {
            "\($0) must be from \($2.lowerBound) to \($2.upperBound), and is \($1)"
        }
    }

    static let spec = StageSpec<AssignLimits>(
        "limits",
        "How much one plan may do. A plan beyond a limit is refused as a whole (exit code 65): nothing is sent.",
        example: "limits: { max_devices: 50, max_moves: 20, chunk: 500, max_activities: 5 }",
        settings: Setting("max_devices", "Devices that one plan may send.", default: Count(50)),
        Setting(
            "max_moves",
            """
            Devices among them that leave a service. Leaving the default of its product family within 14 days of being \
            added is a first assignment, not a move.
            """,
            default: Count(0)
        ),
        Setting("chunk", "Devices in one activity, from 1 to 1000.", default: Count(500)),
        Setting("max_activities", "Activities that one `apply` may start, from 1 to 100.", default: Count(5)),
        build: { (devices: Count, moves: Count, chunk: Count, activities: Count) throws(PlanError) in
            var limits = AssignLimits()
            (limits.devices, limits.moves) = (devices.number, moves.number)
            (limits.chunk, limits.activities) = (chunk.number, activities.number)
            return limits
        }
    )
}
