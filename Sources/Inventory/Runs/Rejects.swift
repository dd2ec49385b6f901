import GRDB
import Records

extension Inventory {
    /// Begins the list of refused values of a run; those of earlier runs are dropped.
    package func clearRejects() throws {
        try pool.write { try $0.execute(sql: "DELETE FROM reject") }
    }

    /// Forgets what one run refused, before it is refused again.
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
