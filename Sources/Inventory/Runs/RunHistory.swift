import GRDB
import Records

extension Inventory {
    /// The latest runs, newest first.
    package static func runs(at path: String, limit: Int) throws(Failure) -> [RunRecord] {
        try runs(at: path, RunFilter(limit: limit))
    }

    /// The runs that an inventory keeps, newest first. The file is only read, never locked, so this works during a
    /// run. Inventories of versions without a history have none.
    ///
    package static func runs(at path: String, _ filter: RunFilter) throws(Failure) -> [RunRecord] {
        do {
            let database = try readOnly(path)
            let columns = RunRecord.columns.map(\.name).joined(separator: ", ")
            var runs = try database.read { db -> [RunRecord] in
                guard try db.tableExists("meta"), try db.tableExists("run") else { return [] }
                let (condition, arguments) = filter.condition
                return try Row.fetchAll(
                    db,
                    sql: "SELECT \(columns) FROM run WHERE \(condition) ORDER BY seq DESC LIMIT :limit",
                    arguments: arguments
                ).map(RunRecord.init)
            }
            // Earlier runs got their status when the next one began.
            for index in runs.indices where runs[index].endedAt == nil && runs[index].status != .unfinished {
                runs[index].status = InventoryLock.isHeld(InventoryLock.path(of: path)) ? .running : .unfinished
                runs[index].exitCode = nil
            }
            return filter.onlyFailed ? runs.filter { $0.status != .running } : runs
        } catch {
            throw Self.failure(of: error, path: path)
        }
    }
}
