import Records
import Stages

/// How long a load waits for others, and the memory that it requests from the server.
package struct PostgresLimits: Sendable {
    /// The wait for a lock on the table; also for a free connection of a pool.
    let lock: Period
    /// The time of one statement after all rows have been sent.
    let statement: Period

    /// The least memory for comparing rows (PostgreSQL's `work_mem`).
    package static let memory = "64MB"

    static let lockMeaning = """
        Longest wait for a lock on the table, or for another load of it. 0s: no limit.
        """
    static let statementMeaning = """
        Longest time for one statement after all rows have been sent. 0s: no limit.
        """
    static let retriesMeaning = """
        Number of retries after a lost connection, a server restart, a deadlock, or a serialization failure; at most \
        \(mostRetries).
        """

    private static let mostRetries = 20
    /// The server counts in milliseconds, up to 2³¹.
    private static let longest = Period.days(24)

    /// Settings beyond the server's limits or common sense.
    func problems(retries: Count) -> [Problem] {
        var problems = [("lock_timeout", lock), ("statement_timeout", statement)]
            .filter { $0.1.seconds > Self.longest.seconds }
            .map {
                Problem(
                    "\($0.0): \($0.1) is longer than PostgreSQL can wait",
                    hint: "use at most \(Self.longest), or 0s"
                )
            }
        if retries.number > Self.mostRetries {
            problems.append(Problem("retries: \(retries) is too many", hint: "use at most \(Self.mostRetries)"))
        }
        return problems
    }

    /// A server that exceeds its own limit does not answer anymore.
    var patience: Duration? { statement.seconds > 0 ? .seconds(statement.seconds + 60) : nil }

    /// 1, 4, 16, then 64 seconds each.
    static func waits(_ retries: Int) -> [Duration] {
        (0..<retries).map { .seconds($0 < 3 ? 1 << (2 * $0) : 64) }
    }
}
