import GRDB
import Records

/// How a run stands, or how it ended.
package enum RunStatus: String, Sendable, Codable, CaseIterable {
    case running
    /// It began and nothing more is known: killed, or the power went.
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

    /// Whether there is an outcome.
    package var isOutcome: Bool { self != .running && self != .unfinished }
}

extension Inventory {
    /// When the latest run that ended, or one after it, began or ended, or answers were last asked for, where that is
    /// still to come: the clock was ahead then, or is behind now. A run that was killed has told nobody of those before
    /// it, and one that failed early has renewed no answer.
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

    /// Writes that a run has begun. Whoever holds the inventory knows that no earlier run is still active, so those
    /// without an end are unfinished; what is too old is forgotten.
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
