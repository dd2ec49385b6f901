import GRDB
import Records

/// The state or the result of a run.
package enum RunStatus: String, Sendable, Codable, CaseIterable {
    case running
    /// The run began, and nothing more is known: it was killed, or the power failed.
    case unfinished
    case done, partial, failed, interrupted

    package init(_ code: Outcome) {
        self =
            switch code {
            case .done: .done
            case .partial: .partial
            case .interrupted: .interrupted
            default: .failed
            }
    }

    /// Whether the run has a result.
    package var isOutcome: Bool { self != .running && self != .unfinished }
}

extension Inventory {
    /// The latest time in the future among the beginnings and ends of the latest finished run and later ones, and of
    /// the last requests: the clock was ahead then, or is behind now. A killed run has notified nobody of the runs
    /// before it, and one that failed early has renewed no answer.
    package func latestRun(after now: Timestamp) throws -> Timestamp? {
        let latest = try pool.read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(moment) FROM (
                      SELECT max(started_at, coalesce(ended_at, started_at)) AS moment FROM run
                      WHERE seq >= coalesce((SELECT max(seq) FROM run WHERE ended_at IS NOT NULL), 0)
                      UNION ALL SELECT counted_at FROM refresh)
                    """
            )
        }
        return latest.map(Timestamp.init(stored:)).flatMap { $0.isBelievable(at: now) ? nil : $0 }
    }

    /// Number of runs that are kept unless a pipeline says otherwise.
    package static let keptRuns = 1000

    /// Records that a run has begun. Only one run at a time can lock the inventory, so earlier runs without an end
    /// are unfinished. Records that are too old are deleted.
    package func begin(_ run: RunRecord, keeping retention: Retention? = Retention()) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    UPDATE run SET status = ?, exit_code = NULL,
                      report = json_remove(json_set(report, '$.status', ?), '$.exit_code')
                    WHERE ended_at IS NULL AND status <> ?
                    """,
                arguments: [
                    RunStatus.unfinished.rawValue, RunStatus.unfinished.rawValue, RunStatus.unfinished.rawValue,
                ]
            )
            try retention?.apply(db, to: run)
            try run.save(db)
        }
    }

    /// Writes the current state of a run.
    package func record(_ run: RunRecord) throws { try pool.write(run.save) }
}
