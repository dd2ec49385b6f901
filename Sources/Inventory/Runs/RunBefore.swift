import GRDB

extension Inventory {
    /// Whether the previous run of a pipeline for a source did not finish everything. Runs that asked Apple nothing
    /// do not count: nobody is notified of them. The file is only read, never locked; false if it cannot be read.
    package static func hadTrouble(before run: String, of pipeline: String, source: String, at path: String) -> Bool {
        guard exists(at: path), let database = try? readOnly(path) else { return false }
        let status = try? database.read { db -> RunStatus? in
            guard try db.tableExists("run") else { return nil }
            return try RunStatus.fetchOne(
                db,
                sql: """
                    SELECT status FROM run
                    WHERE pipeline = ? AND source = ? AND run_id <> ? AND (status <> 'done' OR requests > 0)
                    ORDER BY seq DESC LIMIT 1
                    """,
                arguments: [pipeline, source, run]
            )
        }
        return status.map { $0 != .done } ?? false
    }
}
