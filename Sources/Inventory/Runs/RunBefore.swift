import GRDB

extension Inventory {
    /// Whether the run of a pipeline for a source before this one did not do all that it was to do. Those that asked Apple
    /// nothing do not count: nobody is told of them. The file is only read and not held; false if it cannot be read.
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
