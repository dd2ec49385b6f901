import GRDB
import Records

extension Inventory {
    /// Opens an inventory as soon as no other process has locked it.
    ///
    /// - Parameters:
    ///   - patience: how long to wait.
    ///   - fetched: a file that takes the place of the inventory.
    ///   - permission: asked before each change is committed, where a copy of the inventory is kept in a database.
    ///   - onWait: called once, with the process that has the lock.
    /// - Throws: `CancellationError` if the task is canceled while it waits.
    package static func open(
        _ path: String,
        identity: String,
        patience: Duration,
        replacing fetched: FilePlace? = nil,
        permission: Permission? = nil,
        onWait: (Failure) -> Void
    ) async throws -> Inventory {
        let end = ContinuousClock.now + patience
        var isTold = false
        while true {
            do {
                return try Inventory(path: path, identity: identity, replacing: fetched, permission: permission)
            } catch {
                guard error.code == .locked, ContinuousClock.now < end else { throw error }
                if !isTold { onWait(error) }
                isTold = true
            }
            let next = min(ContinuousClock.now + .milliseconds(200), end)
            try await Task.sleep(until: next, clock: .continuous)
        }
    }

    /// Records a run that could not start because another process has locked the inventory. It takes one short
    /// transaction, which SQLite runs between those of that process.
    package static func record(_ run: RunRecord, besideHolderOf path: String, identity: String) throws {
        guard exists(at: path) else { throw Failure(.locked, "inventory \(path) is only now being made") }
        let place = try FilePlace(path)
        try claimFiles(place)
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(0.5)
            let database = try DatabaseQueue(path: place.path, configuration: configuration)
            try database.write { db in
                guard try db.tableExists("meta"), try db.tableExists("run"), try Meta.identity.get(db) == identity
                else {
                    throw Failure(.locked, "inventory \(path) is not of this organization, or of another version")
                }
                try run.save(db)
            }
        } catch let error as DatabaseError {
            throw failure(error, path: path)
        }
    }
}
