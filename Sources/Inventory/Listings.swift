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
                    SELECT id, next FROM listing WHERE completed_at IS NULL AND next IS NOT NULL AND started_at > ?
                    ORDER BY id DESC
                    """,
                arguments: [now.microseconds - seconds * 1_000_000]
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
                        SELECT count(*) FROM device WHERE removed_at IS NULL
                          AND first_seen_at < (SELECT started_at FROM listing WHERE id = ?)
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
    /// - Parameter isHeard: whether events from before the listing need not be read again; without any read yet, they
    ///   begin with it.
    package func complete(_ listing: Listing, at now: Timestamp, isHeard: Bool = true) throws -> Int {
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
            if try isHeard || Self.moment("heard_until", db) == nil {
                try Self.set("heard_until", try Self.began(listing, db), db)
            }
            return removed
        }
    }

    private static func began(_ listing: Listing, _ db: Database) throws -> Timestamp {
        let began = try Int64.fetchOne(db, sql: "SELECT started_at FROM listing WHERE id = ?", arguments: [listing.id])
        return Timestamp(microseconds: began ?? 0)
    }

    /// Whether a listing was ever complete, and when the latest one was.
    package var lastCompleteListing: Timestamp? {
        get throws {
            try pool.read { db in
                try Int64.fetchOne(db, sql: "SELECT max(completed_at) FROM listing").map(Timestamp.init(microseconds:))
            }
        }
    }
}
