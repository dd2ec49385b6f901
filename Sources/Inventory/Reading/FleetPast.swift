import GRDB
import Records

/// What an inventory knows of the recent past of a fleet, in numbers and with a few examples. Memory does not grow with
/// the fleet.
package struct FleetPast: Sendable {
    /// Changes of one kind; of one column, if only a column changed.
    package struct Change: Sendable, Hashable {
        package let kind: String
        package let column: String?
        package let devices: Int
    }

    package struct ChangedDevice: Sendable, Hashable {
        package let changedAt: Timestamp
        package let serialNumber: String
        package let model: String
        package let kind: String
        package let column: String?
        package let before: String?
        package let after: String?
    }

    package struct Rejected: Sendable, Hashable {
        package let column: String
        package let reason: String
        package let count: Int
    }

    package struct RejectedValue: Sendable, Hashable {
        package let serialNumber: String
        package let column: String
        package let reason: String
        package let value: String
    }

    /// The most frequent first.
    package let changes: [Change]
    package let changedDevices: Int
    /// The newest first.
    package let latestChanges: [ChangedDevice]
    /// When the oldest change was seen that the inventory keeps.
    package let oldestChange: Timestamp?
    /// The most frequent first.
    package let rejects: [Rejected]
    /// By serial number.
    package let rejectExamples: [RejectedValue]
    /// The newest first.
    package let runs: [RunRecord]
    /// When Apple's list of devices was last read to the end.
    package let listedAt: Timestamp?
}

extension Inventory {
    /// The number of the latest change; 0 if there is none.
    package var latestChange: Int64 {
        get throws { try pool.read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM change") ?? 0 } }
    }

    /// The number of the latest change before a moment; 0 if there is none.
    package func latestChange(before moment: Timestamp) throws -> Int64 {
        try pool.read { db in
            let next = try Int64.fetchOne(
                db,
                sql: "SELECT seq FROM change WHERE changed_at >= ? ORDER BY seq LIMIT 1",
                arguments: [moment]
            )
            if let next { return next - 1 }
            return try Int64.fetchOne(db, sql: "SELECT max(seq) FROM change") ?? 0
        }
    }

    /// - Parameters:
    ///   - pipeline: whose runs and rejects are read.
    ///   - after: the number of a change; those that follow count, up to `last`.
    ///   - most: how many examples and runs are read.
    package func past(
        of pipeline: String,
        after: Int64,
        through last: Int64,
        most: FleetPastLimits
    ) throws -> FleetPast {
        // On the connection that has the findings of the run that goes on, if one does.
        try pool.write { db in
            let window: StatementArguments = ["after": after, "last": last]
            let (rejects, rejectExamples) = try Self.rejects(of: pipeline, atMost: most.rejects, db)
            return FleetPast(
                changes: try Self.changes(window, db),
                changedDevices: try Int.fetchOne(
                    db,
                    sql: "SELECT count(DISTINCT device) FROM change WHERE \(Self.countedChanges)",
                    arguments: window
                ) ?? 0,
                latestChanges: try Self.latestChanges(window, atMost: most.changes, db),
                oldestChange: try Timestamp.fetchOne(db, sql: "SELECT changed_at FROM change ORDER BY seq LIMIT 1"),
                rejects: rejects,
                rejectExamples: rejectExamples,
                runs: try Self.runs(of: pipeline, atMost: most.runs, db),
                listedAt: try Self.lastCompleteListing(db)
            )
        }
    }

    /// Apple's own bookkeeping is no change of a device.
    private static let countedChanges = """
        seq > :after AND seq <= :last
          AND NOT (kind = 'updated' AND "column" IN ('updated_at', 'added_to_org_at'))
        """

    private static func changes(_ window: StatementArguments, _ db: Database) throws -> [FleetPast.Change] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT kind, CASE WHEN kind = 'updated' THEN "column" END, count(DISTINCT device) FROM change
                WHERE \(countedChanges) GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
                """,
            arguments: window
        ).map { FleetPast.Change(kind: $0[0], column: $0[1], devices: $0[2]) }
    }

    private static func latestChanges(
        _ window: StatementArguments,
        atMost most: Int,
        _ db: Database
    ) throws -> [FleetPast.ChangedDevice] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT changed_at, serial, CAST(coalesce(attributes ->> '$.deviceModel', '') AS TEXT), kind, "column",
                  \(name("before")), \(name("after"))
                FROM change JOIN device ON device.id = change.device WHERE \(countedChanges) ORDER BY seq DESC LIMIT :most
                """,
            arguments: window &+ ["most": most]
        ).map { row in
            FleetPast.ChangedDevice(
                changedAt: row[0],
                serialNumber: row[1],
                model: row[2],
                kind: row[3],
                column: row[4],
                before: row[5],
                after: row[6]
            )
        }
    }

    /// The beginning of a value of a change; of a service, its name.
    private static func name(_ value: String) -> String {
        """
        substr(CASE WHEN kind = 'reassigned' THEN coalesce((SELECT name FROM server WHERE server.id = \(value)), \(value))
          ELSE \(value) END, 1, 100)
        """
    }

    private static func runs(of pipeline: String, atMost most: Int, _ db: Database) throws -> [RunRecord] {
        let columns = RunRecord.columns.map(\.name).joined(separator: ", ")
        return try Row.fetchAll(
            db,
            sql: "SELECT \(columns) FROM run WHERE pipeline = ? ORDER BY seq DESC LIMIT ?",
            arguments: [pipeline, most]
        ).map(RunRecord.init)
    }

    /// Those that the inventory keeps, and those that a run in progress has found since.
    private static func rejects(
        of pipeline: String,
        atMost most: Int,
        _ db: Database
    ) throws -> ([FleetPast.Rejected], [FleetPast.RejectedValue]) {
        let isJudging = try Bool.fetchOne(db, sql: "SELECT 1 FROM sqlite_temp_master WHERE name = 'found'") ?? false
        let found = """
            UNION SELECT dataset, serial, "column", value, code FROM temp.found WHERE NOT (dataset IN ('devices', 'coverage')
              AND EXISTS (SELECT 1 FROM device WHERE device.serial = found.serial AND removed_at IS NOT NULL))
            """
        let all = """
            (SELECT dataset, serial, "column", value, code FROM reject WHERE pipeline IN (?, '') \(isJudging ? found : ""))
            """
        let counts = try Row.fetchAll(
            db,
            sql: "SELECT \"column\", code, count(*) FROM \(all) GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
            arguments: [pipeline]
        ).map { FleetPast.Rejected(column: $0[0], reason: $0[1], count: $0[2]) }
        let examples = try Row.fetchAll(
            db,
            sql: "SELECT serial, \"column\", code, substr(value, 1, 100) FROM \(all) ORDER BY 1, 2, value LIMIT ?",
            arguments: [pipeline, most]
        ).map { FleetPast.RejectedValue(serialNumber: $0[0], column: $0[1], reason: $0[2], value: $0[3]) }
        return (counts, examples)
    }
}

/// How many examples, and how many runs, are read.
package struct FleetPastLimits: Sendable {
    package let changes, rejects, runs: Int

    package init(changes: Int, rejects: Int, runs: Int) {
        self.changes = changes
        self.rejects = rejects
        self.runs = runs
    }
}
