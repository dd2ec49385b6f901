import GRDB
import Records

/// How a run stands, or how it ended.
package enum RunStatus: String, Sendable, Codable, CaseIterable {
    case running
    /// It began and nothing more is known: killed, or the power went.
    case unfinished
    case done, partial, failed, interrupted

    package init(_ code: ExitCode) {
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

/// What the inventory keeps of a run.
package struct RunRecord: Sendable {
    package let id: String
    package let pipeline: String
    package let source: String
    package let startedAt: Timestamp
    /// Nil until it has ended.
    package let endedAt: Timestamp?
    package let seconds: Double
    package internal(set) var exitCode: Int32?
    package internal(set) var status: RunStatus
    package let counts: RunCounts
    package let failure: String?
    package let version: String
    package let pipelineHash: String?
    /// Everything, as JSON.
    package let report: String

    package init(
        id: String,
        pipeline: String,
        source: String,
        startedAt: Timestamp,
        endedAt: Timestamp?,
        seconds: Double,
        exitCode: Int32?,
        status: RunStatus,
        counts: RunCounts,
        failure: String?,
        version: String,
        pipelineHash: String?,
        report: String
    ) {
        self.id = id
        self.pipeline = pipeline
        self.source = source
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.seconds = seconds
        self.exitCode = exitCode
        self.status = status
        self.counts = counts
        self.failure = failure
        self.version = version
        self.pipelineHash = pipelineHash
        self.report = report
    }
}

/// The numbers of a run, over all its stages.
package struct RunCounts: Sendable, Hashable, Codable {
    package var requests = 0
    /// Rows, over all loads.
    package var written = 0
    package var unchanged = 0
    package var retired = 0
    package var filtered = 0
    /// Values, not rows.
    package var rejected = 0

    package init() {}
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

    /// So many runs are kept unless a pipeline says otherwise.
    package static let keptRuns = 1000

    /// Writes that a run has begun. Whoever holds the inventory knows that no earlier run still goes on, so those
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

    /// Writes what is known of a run by now.
    package func record(_ run: RunRecord) throws { try pool.write(run.save) }
}

extension RunRecord {
    static let columns = [
        "run_id", "pipeline", "source", "started_at", "ended_at", "seconds", "exit_code", "status", "requests",
        "written", "unchanged", "retired", "filtered", "quarantined", "failure", "version", "pipeline_hash", "report",
    ]

    fileprivate func save(_ db: Database) throws {
        let columns = Self.columns.joined(separator: ", ")
        let marks = Self.columns.map { _ in "?" }.joined(separator: ", ")
        let changes = Self.columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try db.execute(
            sql: "INSERT INTO run(\(columns)) VALUES (\(marks)) ON CONFLICT(run_id) DO UPDATE SET \(changes)",
            arguments: [
                id, pipeline, source, startedAt.microseconds, endedAt?.microseconds, seconds, exitCode,
                status.rawValue, counts.requests, counts.written, counts.unchanged, counts.retired, counts.filtered,
                counts.rejected, failure, version, pipelineHash, report,
            ]
        )
    }

    /// - Parameter row: the columns in their order.
    init(_ row: Row) {
        id = row[0]
        pipeline = row[1]
        source = row[2]
        startedAt = Timestamp(stored: row[3])
        endedAt = (row[4] as Int64?).map(Timestamp.init(stored:))
        seconds = row[5]
        exitCode = (row[6] as Int64?).flatMap(Int32.init(exactly:))
        status = RunStatus(rawValue: row[7]) ?? .unfinished
        var counts = RunCounts()
        counts.requests = row[8]
        counts.written = row[9]
        counts.unchanged = row[10]
        counts.retired = row[11]
        counts.filtered = row[12]
        counts.rejected = row[13]
        self.counts = counts
        failure = row[14]
        version = row[15]
        pipelineHash = row[16]
        report = row[17]
    }
}
