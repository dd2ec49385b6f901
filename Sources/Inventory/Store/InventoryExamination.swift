import GRDB
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An inventory as an examination found it.
package struct InventoryState: Sendable {
    /// Devices of the organization now.
    package let devices: Int
    /// The process that has locked it, and since when, such as `process 12 since …`; nil if none has.
    package let holder: String?
    /// Whether the next run updates its layout.
    package let isOfOlderVersion: Bool
    /// The size of its files, in bytes.
    package let size: Int64
}

extension Inventory {
    /// Examines an inventory, even while a run uses it. It is only read, never locked.
    ///
    /// - Parameter identity: the organization it must belong to.
    /// - Throws: if the next run could not use it.
    package static func examine(_ path: String, identity: String) throws(Failure) -> InventoryState {
        do {
            let database = try readOnly(path)
            try requireKnown(database, path: path)
            return try database.read { db in
                if try db.tableExists("meta"), let owner = try otherOwner(db, than: identity) {
                    throw ofAnother(owner, path: path, identity: identity)
                }
                return InventoryState(
                    devices: try db.tableExists("device")
                        ? Int.fetchOne(db, sql: "SELECT count(*) FROM device WHERE removed_at IS NULL") ?? 0 : 0,
                    holder: InventoryLock.holder(InventoryLock.path(of: path)),
                    isOfOlderVersion: try !migrator.hasCompletedMigrations(db),
                    size: size(of: path)
                )
            }
        } catch {
            throw failure(of: error, path: path)
        }
    }

    private static func size(of path: String) -> Int64 {
        ([""] + besides).reduce(0) { $0 + Int64(FilePlace.look(path + $1).status?.st_size ?? 0) }
    }

    /// Reads the whole file and checks its structure.
    ///
    /// - Returns: whether the time was enough.
    /// - Throws: if the file is damaged, or `CancellationError`.
    package static func checkStructure(_ path: String, within time: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await Self.checkStructure(path)
                return true
            }
            group.addTask {
                try await Task.sleep(for: time)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private static func checkStructure(_ path: String) async throws {
        do {
            let problem = try await readOnly(path).read { db in
                try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
            }
            if let problem, problem != "ok" { throw damaged(path, problem) }
        } catch let error as DatabaseError where error.resultCode != .SQLITE_INTERRUPT {
            throw failure(error, path: path)
        }
    }
}
