import GRDB
import Records

/// One pass over Apple's list of devices. It may take several runs; it ends in one of them.
package struct Listing: Sendable {
    package let id: Int64
    /// Where to go on; nil at the beginning.
    package let next: String?
    /// Whether no listing was ever complete: everything is then new, and no change worth recording.
    package let isFirst: Bool
}

extension Inventory {
    /// Begins a listing, or goes on with one that began less than `resumeWithin` seconds ago.
    package func beginListing(at now: Timestamp, resumeWithin seconds: Int64 = 3600) throws -> Listing {
        try pool.write { db in
            let isFirst = try Int.fetchOne(db, sql: "SELECT 1 FROM listing WHERE completed_at IS NOT NULL") == nil
            let unfinished = try Row.fetchOne(
                db,
                sql: """
                    SELECT id, next FROM listing
                    WHERE completed_at IS NULL AND next IS NOT NULL AND started_at > ? AND started_at <= ?
                    ORDER BY id DESC
                    """,
                arguments: [now.microseconds - seconds * 1_000_000, now.microseconds]
            )
            if let unfinished { return Listing(id: unfinished["id"], next: unfinished["next"], isFirst: isFirst) }
            try db.execute(
                sql: "DELETE FROM listing WHERE completed_at IS NULL AND id NOT IN (SELECT listing FROM seen)"
            )
            try db.execute(sql: "INSERT INTO listing(started_at) VALUES (?)", arguments: [now.microseconds])
            return Listing(id: db.lastInsertedRowID, next: nil, isFirst: isFirst)
        }
    }

    /// Devices present before, and those of them that the listing does not hold.
    package func missing(from listing: Listing) throws -> (known: Int, missing: Int) {
        try pool.read { db in
            (
                // Devices that this listing brought do not count, or many new ones would hide many missing ones.
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM device WHERE removed_at IS NULL AND first_listing <> ?
                        """,
                    arguments: [listing.id]
                ) ?? 0,
                try Int.fetchOne(
                    db,
                    sql: "SELECT count(*) FROM device JOIN seen USING (id) WHERE removed_at IS NULL AND listing <> ?",
                    arguments: [listing.id]
                ) ?? 0
            )
        }
    }

    /// Ends a listing that reached its last page: devices it does not hold are removed as of `now`.
    ///
    /// - Parameter heard: the events that were read before it began, which need no dealing with any more; nil where
    ///   they were not, or are to be read once more.
    package func complete(_ listing: Listing, at now: Timestamp, heard: [DeviceEvent]? = nil) throws -> Int {
        try pool.write { db in
            let gone = "FROM device JOIN seen USING (id) WHERE removed_at IS NULL AND listing <> ?"
            try db.execute(
                sql: "INSERT INTO change(device, changed_at, kind) SELECT device.id, ?, 'vanished' \(gone)",
                arguments: [now.microseconds, listing.id]
            )
            try db.execute(
                sql: "UPDATE device SET removed_at = ?, detailed_at = NULL WHERE id IN (SELECT device.id \(gone))",
                arguments: [now.microseconds, listing.id]
            )
            let removed = db.changesCount
            try db.execute(
                sql: "UPDATE listing SET completed_at = ?, next = NULL WHERE id = ?",
                arguments: [now.microseconds, listing.id]
            )
            try db.execute(
                sql: """
                    DELETE FROM assignment WHERE id IN (SELECT id FROM device WHERE removed_at IS NOT NULL)
                    """
            )
            try Self.finish(.devices, db)
            if let heard { try Self.setHeard(heard, db) }
            return removed
        }
    }

    /// Zero where none was.
    static func latestCompleteListing(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM listing WHERE completed_at IS NOT NULL") ?? 0
    }

    /// Whether all lists of assigned devices were read after the latest complete list of devices.
    package var knowsAssignmentsOfListing: Bool {
        get throws {
            try pool.read { db in
                let latest = try Self.latestCompleteListing(db)
                return try latest != 0 && Self.number("assigned_after_listing", db) == latest
            }
        }
    }

    /// Whether a listing was ever complete, and when the latest one was.
    package var lastCompleteListing: Timestamp? {
        get throws {
            try pool.read { db in
                try Int64.fetchOne(
                    db,
                    sql: "SELECT completed_at FROM listing WHERE completed_at IS NOT NULL ORDER BY id DESC"
                ).map(Timestamp.init(stored:))
            }
        }
    }
}
