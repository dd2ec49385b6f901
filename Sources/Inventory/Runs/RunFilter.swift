import GRDB
import Records

/// Which runs of a history somebody wants to see.
package struct RunFilter: Sendable {
    /// The beginning or the end of the runs' ids.
    package var id: String?
    /// When they began, at the earliest.
    package var since: Timestamp?
    /// Those that did not finish everything. One that is still running is not among them.
    package var onlyFailed = false
    /// The latest run of each pipeline and source. Exports are no pipelines.
    package var onlyLatest = false
    /// Those that asked Apple and got through: they brought the inventory up to date. Exports are not among them.
    package var onlyUpdating = false
    package var pipeline: String?
    package var limit: Int?

    package init(limit: Int? = nil) { self.limit = limit }

    /// A condition over the table `run`.
    var condition: (sql: String, arguments: StatementArguments) {
        var parts: [String] = []
        var arguments: StatementArguments = ["limit": limit ?? -1]
        if let id {
            parts.append("(substr(run_id, 1, length(:id)) = :id OR substr(run_id, -length(:id)) = :id)")
            arguments += ["id": id]
        }
        if let since {
            parts.append("started_at >= :since")
            arguments += ["since": since]
        }
        // A run that goes on may have the status of its stages so far.
        if onlyFailed { parts.append("(status <> 'done' OR ended_at IS NULL)") }
        if onlyUpdating {
            parts.append(
                "requests > 0 AND status IN ('done', 'partial') AND ended_at IS NOT NULL AND \(Self.isNoExport)"
            )
        }
        if let pipeline {
            parts.append("pipeline = :pipeline")
            arguments += ["pipeline": pipeline]
        }
        if onlyLatest {
            parts.append(
                """
                seq IN (SELECT max(seq) FROM run WHERE \(Self.isNoExport) GROUP BY pipeline, source)
                """
            )
        }
        return (parts.isEmpty ? "true" : parts.joined(separator: " AND "), arguments)
    }

    private static let isNoExport = "NOT (pipeline = 'export' AND pipeline_hash IS NULL)"
}

/// Since when a pipeline has failed for a source: no run since then has finished everything.
package struct FailingSince: Sendable, Hashable {
    package let pipeline: String
    package let source: String
    package let began: Timestamp
    /// The IDs of all its runs since then.
    package let runs: Set<String>
}

extension Inventory {
    /// The pipelines whose latest runs failed. A run that goes on does not count. The file is only read, never locked.
    package static func failing(at path: String) throws(Failure) -> [FailingSince] {
        do {
            let isHeld = InventoryLock.isHeld(InventoryLock.path(of: path))
            return try readOnly(path).read { db in
                guard try db.tableExists("run") else { return [] }
                return try Row.fetchAll(
                    db,
                    sql: """
                        WITH past AS (SELECT * FROM run WHERE ended_at IS NOT NULL OR status = 'unfinished' OR NOT :held),
                          done AS (
                            SELECT pipeline, source, max(seq) AS seq FROM past
                            WHERE status = 'done' AND ended_at IS NOT NULL GROUP BY 1, 2)
                        SELECT pipeline, source, past.started_at, group_concat(run_id), min(past.seq)
                        FROM past LEFT JOIN done USING (pipeline, source)
                        WHERE past.seq > coalesce(done.seq, 0) GROUP BY pipeline, source
                        """,
                    arguments: ["held": isHeld]
                ).map { row in
                    let ids: String = row[3]
                    return FailingSince(
                        pipeline: row[0],
                        source: row[1],
                        began: row[2],
                        runs: Set(ids.split(separator: ",").map(String.init))
                    )
                }
            }
        } catch {
            throw Self.failure(of: error, path: path)
        }
    }
}
