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
                    INSERT INTO temp.found(dataset, stage, serial, "column", value, code)
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
                sql: "INSERT INTO temp.judged(dataset, stage, serial) VALUES (?, ?, ?)"
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

    /// `known` has the rows of `found` that are rejects already.
    ///
    /// Without indexes, so that a row changes only the last page: each batch is a transaction, whose journal would
    /// otherwise get a page for every reject.
    private static let findingsLayout = """
        DROP TABLE IF EXISTS temp.found;
        DROP TABLE IF EXISTS temp.judged;
        DROP TABLE IF EXISTS temp.known;
        CREATE TEMPORARY TABLE found (
          dataset TEXT NOT NULL, stage TEXT NOT NULL, serial TEXT NOT NULL, "column" TEXT NOT NULL, value TEXT NOT NULL,
          code TEXT NOT NULL
        );
        CREATE TEMPORARY TABLE judged (dataset TEXT NOT NULL, stage TEXT NOT NULL, serial TEXT NOT NULL);
        CREATE TEMPORARY TABLE known (found INTEGER NOT NULL, reject INTEGER NOT NULL);
        """
}
