import GRDB
import Records

extension Meta<Timestamp> {
    /// When a pipeline last judged values.
    static func rejectsJudged(by pipeline: String) -> Self { Self(rejectsJudged + pipeline) }
    private static var rejectsJudged: String { "rejects judged: " }

    /// Deletes the rejects of pipelines that have judged nothing for a year: they were renamed or are gone.
    static func forgetPipelines(judgedBefore oldest: Timestamp, except pipeline: String, _ db: Database) throws {
        let names = try String.fetchAll(
            db,
            sql: """
                SELECT substr(name, length(:prefix) + 1) FROM meta
                WHERE substr(name, 1, length(:prefix)) = :prefix AND CAST(value AS INTEGER) < :oldest
                """,
            arguments: ["prefix": rejectsJudged, "oldest": oldest.microseconds]
        )
        for name in names where name != pipeline {
            try db.execute(sql: "DELETE FROM reject WHERE pipeline = ?", arguments: [name])
            try Self.rejectsJudged(by: name).clear(db)
        }
    }
}
