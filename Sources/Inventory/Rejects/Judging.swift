import GRDB
import Records

/// What a run finds about values, until ``settle(_:)`` compares it with what earlier runs found. It is kept in temporary
/// tables: memory does not grow with it, and a run that ends early leaves the rejects as they were.
extension Inventory {
    /// Begins to judge the values of a pipeline.
    package func beginJudging(for pipeline: String) throws -> KnownRejects {
        try pool.write { db in
            try db.execute(sql: Self.findingsLayout)
            try Self.adoptRejects(for: pipeline, db)
            var known = KnownRejects()
            try db.cachedStatement(sql: "SELECT DISTINCT dataset, stage, serial FROM reject WHERE pipeline = ?")
                .run([.text(pipeline)]) { row in
                    let judge = Judge(dataset: row.text(0) ?? "", stage: row.text(1) ?? "")
                    known.insert(row.text(2) ?? "", judge)
                }
            return known
        }
    }

    /// Keeps findings for ``settle(_:)``.
    package func note(_ findings: Findings) throws {
        guard !findings.rejects.isEmpty || !findings.judgedRows.isEmpty else { return }
        try pool.write { db in
            let found = try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO temp.found(dataset, stage, serial, "column", value, code)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """
            )
            for reject in findings.rejects {
                try found.run([
                    .text(reject.dataset), .text(reject.stage), .text(reject.serialNumber ?? ""), .text(reject.column),
                    .text(reject.value), .text(reject.reason.rawValue),
                ])
            }
            let judged = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO temp.judged(dataset, stage, serial) VALUES (?, ?, ?)"
            )
            for row in findings.judgedRows {
                try judged.run([
                    .text(row.judge.dataset), .text(row.judge.stage), .text(row.serialNumber ?? ""),
                ])
            }
        }
    }

    /// Rejects of runs that nothing more is known of belong to the first pipeline that judges values.
    private static func adoptRejects(for pipeline: String, _ db: Database) throws {
        try db.execute(sql: "UPDATE OR IGNORE reject SET pipeline = ? WHERE pipeline = ''", arguments: [pipeline])
        try db.execute(sql: "DELETE FROM reject WHERE pipeline = ''")
    }

    private static let findingsLayout = """
        CREATE TEMPORARY TABLE IF NOT EXISTS found (
          dataset TEXT NOT NULL, stage TEXT NOT NULL, serial TEXT NOT NULL, "column" TEXT NOT NULL, value TEXT NOT NULL,
          code TEXT NOT NULL, UNIQUE (dataset, stage, serial, "column", value)
        );
        CREATE TEMPORARY TABLE IF NOT EXISTS judged (
          dataset TEXT NOT NULL, stage TEXT NOT NULL, serial TEXT NOT NULL, PRIMARY KEY (dataset, stage, serial)
        ) WITHOUT ROWID;
        DELETE FROM temp.found;
        DELETE FROM temp.judged;
        """
}
