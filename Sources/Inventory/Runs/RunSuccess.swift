import GRDB
import Records

/// A run that did all that it was to do.
package struct RunSuccess: Sendable, Hashable {
    package let endedAt: Timestamp
    package let seconds: Double

    package init(endedAt: Timestamp, seconds: Double) {
        self.endedAt = endedAt
        self.seconds = seconds
    }
}

extension Inventory {
    /// The latest success of a pipeline for a source; the file is only read and not held. Nil if there was none, or if
    /// no history is there.
    package static func latestSuccess(of pipeline: String, source: String, at path: String) throws -> RunSuccess? {
        guard exists(at: path) else { return nil }
        return try readOnly(path).read { db in
            guard try db.tableExists("run") else { return nil }
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT CAST(ended_at AS INTEGER), CAST(seconds AS REAL) FROM run
                    WHERE pipeline = ? AND source = ? AND exit_code = 0 AND ended_at IS NOT NULL ORDER BY seq DESC LIMIT 1
                    """,
                arguments: [pipeline, source]
            )
            return row.map { RunSuccess(endedAt: Timestamp(stored: $0[0]), seconds: $0[1]) }
        }
    }
}
