import GRDB
import Records

/// The lists of assigned devices while they are read. They are not in memory, because a fleet may be large, and not
/// in the inventory's own tables, because only all lists together show which device has no service.
package struct AssignmentLists {
    private let pool: InventoryPool

    package init(of inventory: Inventory) throws {
        pool = inventory.pool
        try pool.write { db in
            try db.execute(
                sql: """
                    DROP TABLE IF EXISTS temp.list; DROP TABLE IF EXISTS temp.assigned;
                    CREATE TEMPORARY TABLE list(serial TEXT PRIMARY KEY) WITHOUT ROWID;
                    CREATE TEMPORARY TABLE assigned(serial TEXT PRIMARY KEY, server TEXT NOT NULL) WITHOUT ROWID;
                    """
            )
        }
    }

    /// Adds a part of the current list.
    package func add(_ serials: [String]) throws {
        try pool.write { db in
            let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO temp.list VALUES (?)")
            for serial in serials { try insert.run([.text(serial)]) }
        }
    }

    /// Ends a list. If a device is in several lists, the last one counts. Entries without a server are ignored.
    package func end(as server: String?) throws {
        try pool.write { db in
            if let server {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO temp.assigned SELECT serial, ? FROM temp.list",
                    arguments: [server]
                )
            }
            try db.execute(sql: "DELETE FROM temp.list")
        }
    }

    /// Sets every device's service once all lists are read, so that a device that moves from one list to another in
    /// the meantime never appears without a service.
    ///
    /// Devices that are missing from a refused listing keep their service until that listing is settled. If a list
    /// could not be read completely, every device that is on no list keeps its service.
    ///
    /// - Returns: how many devices the lists contain, and how many assignments changed.
    package func record(at now: Timestamp, areWhole: Bool = true) throws -> (total: Int, changed: Int) {
        try pool.write { db in
            let isFirst = try Int.fetchOne(db, sql: "SELECT 1 FROM assignment") == nil
            let changes = try ChangeLog(db, now: now)
            try db.execute(
                sql: """
                    CREATE TEMPORARY TABLE differing AS
                    SELECT device.id, assignment.server AS before, assigned.server AS after
                    FROM device LEFT JOIN assignment USING (id) LEFT JOIN temp.assigned USING (serial)
                    WHERE removed_at IS NULL AND assignment.server IS NOT assigned.server AND NOT (
                      assigned.server IS NULL AND (device.id IN (SELECT id FROM refused) OR \(areWhole ? 0 : 1))
                    )
                    """
            )
            if !isFirst {
                try db.cachedStatement(sql: "SELECT id, before, after FROM temp.differing").run { row in
                    let (id, before, after) = (row.integer(0) ?? 0, row.text(1), row.text(2))
                    try changes.log(id, .reassigned, column: "server_id", before: before, after: after)
                }
            }
            try db.execute(
                sql: """
                    INSERT INTO assignment SELECT id, after FROM temp.differing WHERE after IS NOT NULL
                    ON CONFLICT(id) DO UPDATE SET server = excluded.server;
                    DELETE FROM assignment WHERE id IN (SELECT id FROM temp.differing WHERE after IS NULL);
                    DELETE FROM assignment_due;
                    """
            )
            func count(_ rows: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(rows)") ?? 0 }
            let counts = try (total: count("temp.assigned"), changed: count("temp.differing"))
            try db.execute(sql: "DROP TABLE temp.differing; DROP TABLE temp.assigned; DROP TABLE temp.list")
            try Meta.assignedAt.set(now, db)
            try Inventory.finish(.assignments, db)
            try Meta.assignedAfterListing.set(Inventory.latestCompleteListing(db), db)
            return counts
        }
    }
}
