import GRDB
import Records

/// What a list of many organizations says of one.
package struct Glance: Sendable {
    /// Devices in the organization.
    package let devices: Int
    /// Of the pipeline for this source.
    package let lastSuccess: RunSuccess?
    /// The latest run of the pipeline for this source that has ended.
    package let latest: RunRecord?
}

extension Inventory {
    /// The numbers of an inventory, even while a run uses it: one reading, because there may be a thousand of them.
    package static func glance(
        of pipeline: String,
        source: String,
        at path: String,
        asOf now: Timestamp
    ) throws(Failure) -> Glance {
        do {
            return try readOnly(path).read { db in
                Glance(
                    devices: try db.tableExists("device")
                        ? Int.fetchOne(db, sql: "SELECT count(*) FROM device WHERE removed_at IS NULL") ?? 0 : 0,
                    lastSuccess: try lastSuccess(db, of: pipeline, source: source, asOf: now),
                    latest: try latest(db, of: pipeline, source: source)
                )
            }
        } catch {
            throw Self.failure(of: error, path: path)
        }
    }

    private static func latest(_ db: Database, of pipeline: String, source: String) throws -> RunRecord? {
        guard try db.tableExists("run") else { return nil }
        let columns = RunRecord.columns.map(\.name).joined(separator: ", ")
        return try Row.fetchOne(
            db,
            sql: """
                SELECT \(columns) FROM run WHERE pipeline = ? AND source = ? AND ended_at IS NOT NULL
                ORDER BY seq DESC LIMIT 1
                """,
            arguments: [pipeline, source]
        ).map(RunRecord.init)
    }
}
