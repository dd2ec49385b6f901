import Records
import Stages

/// How long a load waits for what it does not command, and what it asks of the server.
package struct PostgresLimits: Sendable {
    /// For a lock on the table; also for a free connection of a pool.
    let lock: Period
    /// For one statement, once all rows are there.
    let statement: Period

    /// What the server may at least use for comparing rows (PostgreSQL's `work_mem`).
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
    /// The server counts in milliseconds, of which it takes 2³¹.
    private static let longest = Period.days(24)

    /// Settings beyond the limits of the server or of common sense.
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

    /// A server that does not keep its own limit has stopped answering.
    var patience: Duration? { statement.seconds > 0 ? .seconds(statement.seconds + 60) : nil }

    /// 1, 4, 16, 64 seconds, and no longer.
    static func waits(_ retries: Int) -> [Duration] {
        (0..<retries).map { .seconds($0 < 3 ? 1 << (2 * $0) : 64) }
    }
}
