import GRDB
import Records

extension Inventory {
    /// When a pipeline last did all that it was to do, and asked Apple; nil if no run that is kept did. The file is only
    /// read and not held. A time that is still to come, from a clock that was ahead, is not believed.
    ///
    /// - Parameter pipeline: nil for any that a file describes.
    package static func lastSuccess(
        of pipeline: String?,
        at path: String,
        asOf now: Timestamp
    ) throws(Failure) -> Timestamp? {
        do {
            return try readOnly(path).read { db in
                guard try db.tableExists("run") else { return nil }
                return try Timestamp.fetchAll(
                    db,
                    sql: """
                        SELECT ended_at FROM run
                        WHERE status = 'done' AND requests > 0 AND ended_at IS NOT NULL
                          AND CASE WHEN :pipeline IS NULL THEN pipeline_hash IS NOT NULL ELSE pipeline = :pipeline END
                        ORDER BY seq DESC
                        """,
                    arguments: ["pipeline": pipeline]
                ).first { $0.isBelievable(at: now) }
            }
        } catch let failure as Failure {
            throw failure
        } catch let error as DatabaseError {
            throw failure(error, path: path)
        } catch {
            throw Failure(.destinationFailed, "inventory \(path): \(error)")
        }
    }
}
