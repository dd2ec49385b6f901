import GRDB
import Records

/// How much of the past an inventory keeps.
package struct Retention: Sendable, Hashable {
    /// The maximum age of a change, in seconds; nil for any age.
    package let changes: Int64?
    package let runs: Int

    /// How long the rejects of a pipeline that does not run stay, in microseconds.
    private static let idlePipeline: Int64 = 365 * 86_400 * 1_000_000

    package init(changes: Int64? = nil, runs: Int = Inventory.keptRuns) {
        self.changes = changes
        self.runs = runs
    }

    /// Deletes older records before a run is recorded.
    func apply(_ db: Database, to run: RunRecord) throws {
        try db.execute(sql: "DELETE FROM run WHERE seq <= (SELECT max(seq) FROM run) - ?", arguments: [runs - 1])
        try db.execute(
            sql: """
                DELETE FROM listing WHERE completed_at IS NOT NULL AND id NOT IN (SELECT listing FROM seen)
                  AND id < (SELECT max(id) FROM listing WHERE completed_at IS NOT NULL)
                """
        )
        try keepAll(db, changes == nil, of: run.pipeline)
        // Uses the start times of two runs: if the clock is ahead for one night, recent records must stay.
        let before = try Int64.fetchOne(db, sql: "SELECT started_at FROM run ORDER BY seq DESC LIMIT 1")
        guard let before else { return }
        let now = min(run.startedAt, Timestamp(stored: before))
        let idle = Timestamp(microseconds: now.microseconds - Self.idlePipeline)
        try Meta<Timestamp>.forgetPipelines(judgedBefore: idle, except: run.pipeline, db)
        guard let changes, try !Meta<Int>(Self.wish).beginsAny(db) else { return }
        let oldest = now.microseconds - changes * 1_000_000
        // Changes are numbered in order of arrival, so that only those to delete are read.
        try db.execute(
            sql: """
                DELETE FROM change WHERE seq < coalesce(
                  (SELECT seq FROM change WHERE changed_at >= ? ORDER BY seq LIMIT 1), (SELECT max(seq) FROM change))
                """,
            arguments: [oldest]
        )
        let kept = try Meta<Timestamp>.changesKeptSince.get(db)
        try Meta<Timestamp>.changesKeptSince.set(max(kept ?? Timestamp(stored: oldest), Timestamp(stored: oldest)), db)
        try KnownEvents.forget(before: oldest, db)
    }

    /// Several pipelines may share an inventory, and one of them may want all changes.
    private func keepAll(_ db: Database, _ isWanted: Bool, of pipeline: String) throws {
        let wish = Meta<Int>(Self.wish + pipeline)
        try isWanted ? wish.set(1, db) : wish.clear(db)
    }

    private static let wish = "keeps all changes: "
}
