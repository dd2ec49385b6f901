import GRDB
import Records

extension Inventory {
    /// The runs that an inventory keeps, newest first. The file is only read and not held, so that this works while a
    /// run goes on. Inventories of versions without a history have none.
    ///
    /// - Parameter prefix: what the runs' ids begin with.
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
            // Earlier ones were given their status when the one after them began.
            for index in runs.indices where runs[index].endedAt == nil && runs[index].status != .unfinished {
                runs[index].status = InventoryLock.isHeld(InventoryLock.path(of: path)) ? .running : .unfinished
                runs[index].exitCode = nil
            }
            return runs
        } catch let failure as Failure {
            throw failure
        } catch let error as DatabaseError {
            throw failure(error, path: path)
        } catch {
            throw Failure(.destinationFailed, "inventory \(path): \(error)")
        }
    }
}
