import GRDB
import Records

extension Inventory {
    /// Begins a run's list of rejected values. Those of earlier runs are deleted.
    package func clearRejects() throws {
        try pool.write { try $0.execute(sql: "DELETE FROM reject") }
    }

    /// Deletes the rejected values of one run before they are recorded again.
    package func clearRejects(of run: String) throws {
        try pool.write { try $0.execute(sql: "DELETE FROM reject WHERE run = ?", arguments: [run]) }
    }

    package func record(_ rejects: [Reject], run: String) throws {
        guard !rejects.isEmpty else { return }
        try pool.write { db in
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO reject(run, dataset, serial, "column", code, value, stage) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            )
            for reject in rejects {
                try insert.execute(arguments: [
                    run, reject.dataset, reject.serialNumber, reject.column, reject.reason.rawValue, reject.value,
                    reject.stage,
                ])
            }
        }
    }
}
