import GRDB
import Records

/// How the findings of a run change the rejects of its pipeline.
package struct Settlement: Sendable {
    package let pipeline: String
    package let run: String
    package let startedAt: Timestamp
    /// The stages that the pipeline has; nil if these are not all.
    package let judges: Set<Judge>?
    /// Stages that did not judge all values that they were to judge, because a load failed.
    package var failed: Set<Judge> = []
    /// Whether the findings include the elements of Apple's lists that could not be read.
    package var hasUnreadable = false

    package init(pipeline: String, run: String, startedAt: Timestamp, judges: Set<Judge>?) {
        self.pipeline = pipeline
        self.run = run
        self.startedAt = startedAt
        self.judges = judges
    }
}

extension Inventory {
    /// Brings the rejects of a pipeline up to date, all at once. A value that was rejected again keeps the run that
    /// first found it. One that was not is deleted if its stage judged its row, if its device has left, if nothing is
    /// left of its row, or if the pipeline no longer has the stage.
    package func settle(_ settlement: Settlement) throws {
        try pool.write { db in
            for judge in settlement.failed {
                try db.execute(
                    sql: "DELETE FROM temp.judged WHERE dataset = ? AND stage = ?",
                    arguments: [judge.dataset, judge.stage]
                )
            }
            try db.execute(sql: Self.findingsOfRemoved)
            try deleteStagesThatLeft(settlement, db)
            try db.execute(sql: Self.rowsThatLeft, arguments: [settlement.pipeline])
            try db.execute(sql: Self.knownFindings, arguments: [settlement.pipeline])
            try db.execute(
                sql: Self.judgedOtherwise,
                arguments: ["pipeline": settlement.pipeline, "hasUnreadable": settlement.hasUnreadable]
            )
            try db.execute(sql: Self.otherReasons)
            try db.execute(
                sql: Self.newRejects,
                arguments: ["pipeline": settlement.pipeline, "run": settlement.run]
            )
            try Meta<Timestamp>.rejectsJudged(by: settlement.pipeline).set(settlement.startedAt, db)
        }
    }

    private func deleteStagesThatLeft(_ settlement: Settlement, _ db: Database) throws {
        guard let judges = settlement.judges else { return }
        let known = try Row.fetchAll(
            db,
            sql: "SELECT DISTINCT dataset, stage FROM reject WHERE pipeline = ? AND code <> 'unreadable'",
            arguments: [settlement.pipeline]
        )
        for judge in known.map({ Judge(dataset: $0[0], stage: $0[1]) }) where !judges.contains(judge) {
            try db.execute(
                sql: "DELETE FROM reject WHERE pipeline = ? AND dataset = ? AND stage = ? AND code <> 'unreadable'",
                arguments: [settlement.pipeline, judge.dataset, judge.stage]
            )
        }
    }

    /// Rows of removed devices are still judged, because tables keep them.
    private static let findingsOfRemoved = """
        DELETE FROM temp.found WHERE dataset IN ('devices', 'coverage') AND serial IN (\(removed))
        """

    /// There are far fewer of these than devices with rejects, which would be looked up one by one.
    private static let removed = "SELECT serial FROM device WHERE removed_at IS NOT NULL"

    private static let rowsThatLeft = """
        DELETE FROM reject WHERE pipeline = ? AND serial <> '' AND code <> 'unreadable' AND CASE dataset
          WHEN 'devices' THEN serial IN (\(removed))
          WHEN 'coverage' THEN
            EXISTS (
              SELECT 1 FROM device LEFT JOIN coverage ON coverage.id = device.id
              WHERE device.serial = reject.serial AND (removed_at IS NOT NULL OR coalesce(answer, '[]') = '[]'))
          WHEN 'changes' THEN
            EXISTS (
              SELECT 1 FROM device
              WHERE device.serial = reject.serial AND device.id NOT IN (SELECT device FROM change))
          WHEN 'servers' THEN NOT EXISTS (SELECT 1 FROM server WHERE server.id = reject.serial)
          ELSE FALSE END
        """

    /// A value that several loads rejected is found several times; the first reason counts.
    private static let knownFindings = """
        INSERT INTO temp.known SELECT min(found.rowid), reject.id FROM temp.found CROSS JOIN reject ON
          reject.pipeline = ? AND reject.dataset = found.dataset AND reject.stage = found.stage
          AND reject.serial = found.serial AND reject."column" = found."column" AND reject.value = found.value
        GROUP BY reject.id
        """

    /// Most rejects are known, so `judged` is searched only for the rest.
    private static let judgedOtherwise = """
        DELETE FROM reject WHERE pipeline = :pipeline AND id NOT IN (SELECT reject FROM temp.known)
          AND CASE code WHEN 'unreadable' THEN :hasUnreadable ELSE
            (dataset, stage, serial) IN (SELECT dataset, stage, serial FROM temp.judged)
            END
        """

    private static let otherReasons = """
        UPDATE reject SET code = found.code FROM temp.known JOIN temp.found ON found.rowid = known.found
        WHERE reject.id = known.reject AND reject.code <> found.code
        """

    private static let newRejects = """
        INSERT INTO reject(pipeline, run, dataset, stage, serial, "column", value, code)
        SELECT :pipeline, :run, dataset, stage, serial, "column", value, code FROM temp.found
        WHERE rowid NOT IN (SELECT found FROM temp.known) ORDER BY rowid
        ON CONFLICT (pipeline, dataset, stage, serial, "column", value) DO NOTHING
        """
}
