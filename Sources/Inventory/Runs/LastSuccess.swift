import GRDB
import Records

extension Inventory {
    /// The latest success of a pipeline; nil if no recorded run succeeded. The file is only read, never locked. A
    /// time in the future, from a clock that was ahead, is ignored.
    ///
    /// - Parameters:
    ///   - pipeline: nil for any pipeline that is a file.
    ///   - source: nil for any source.
    package static func lastSuccess(
        of pipeline: String?,
        source: String? = nil,
        at path: String,
        asOf now: Timestamp
    ) throws(Failure) -> RunSuccess? {
        do {
            return try readOnly(path).read { try lastSuccess($0, of: pipeline, source: source, asOf: now) }
        } catch {
            throw Self.failure(of: error, path: path)
        }
    }

    static func lastSuccess(
        _ db: Database,
        of pipeline: String?,
        source: String?,
        asOf now: Timestamp
    ) throws -> RunSuccess? {
        guard try db.tableExists("run") else { return nil }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT ended_at, seconds FROM run
                WHERE status = 'done' AND requests > 0 AND ended_at IS NOT NULL
                  AND CASE WHEN :pipeline IS NULL THEN pipeline_hash IS NOT NULL ELSE pipeline = :pipeline END
                  AND (:source IS NULL OR source = :source)
                ORDER BY seq DESC
                """,
            arguments: ["pipeline": pipeline, "source": source]
        ).lazy.map { RunSuccess(endedAt: $0[0], seconds: $0[1]) }.first { $0.endedAt.isBelievable(at: now) }
    }
}
