import GRDB
import Records

extension Inventory {
    /// The runs that an inventory keeps, newest first. The file is only read, never locked, so this works during a
    /// run. Inventories of versions without a history have none.
    ///
    /// - Parameter prefix: the beginning of the runs' ids.
    package static func runs(at path: String, limit: Int, prefix: String = "") throws(Failure) -> [RunRecord] {
        do {
            let database = try readOnly(path)
            let columns = RunRecord.columns.map(\.name).joined(separator: ", ")
            var runs = try database.read { db -> [RunRecord] in
                guard try db.tableExists("meta"), try db.tableExists("run") else { return [] }
                return try Row.fetchAll(
                    db,
                    sql: """
                        SELECT \(columns) FROM run WHERE substr(run_id, 1, length(?)) = ? ORDER BY seq DESC LIMIT ?
                        """,
                    arguments: [prefix, prefix, limit]
                ).map(RunRecord.init)
            }
            // Earlier runs got their status when the next one began.
            for index in runs.indices where runs[index].endedAt == nil && runs[index].status != .unfinished {
                runs[index].status = InventoryLock.isHeld(InventoryLock.path(of: path)) ? .running : .unfinished
                runs[index].exitCode = nil
            }
            return runs
        } catch {
            throw Self.failure(of: error, path: path)
        }
    }
}
