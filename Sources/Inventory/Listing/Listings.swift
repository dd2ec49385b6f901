import GRDB
import Records

/// One pass over Apple's list of devices. It may take several runs; it ends in one of them.
package struct Listing: Sendable {
    package let id: Int64
    /// Where to continue; nil at the start.
    package let next: String?
    /// Whether no listing was ever complete: then everything is new, and nothing is recorded as a change.
    package let isFirst: Bool
}

extension Inventory {
    /// Starts a listing, or continues one that started less than `resumeWithin` seconds ago.
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
            let known = try Self.knownBeforeNextListing(db)
            try db.execute(
                sql: """
                    DELETE FROM listing WHERE completed_at IS NULL AND id NOT IN (SELECT listing FROM seen)
                      AND id NOT IN (SELECT listing FROM refusal)
                    """
            )
            try db.execute(
                sql: "INSERT INTO listing(started_at, known) VALUES (?, ?)",
                arguments: [now.microseconds, known]
            )
            return Listing(id: db.lastInsertedRowID, next: nil, isFirst: isFirst)
        }
    }

    /// What a listing is measured by: the devices present when the first one began since the last that was complete.
    /// What a refused or a broken one brought does not count, or the next one would have the more to lose.
    private static func knownBeforeNextListing(_ db: Database) throws -> Int {
        let carried = try Int.fetchOne(
            db,
            sql: """
                SELECT known FROM (
                  SELECT 0 AS place, 0 AS id, known FROM refusal
                  UNION ALL SELECT 1, id, known FROM listing WHERE completed_at IS NULL
                    AND id > (SELECT max(id) FROM listing WHERE completed_at IS NOT NULL)
                ) WHERE known IS NOT NULL ORDER BY place, id DESC
                """
        )
        return try carried ?? presentCount(db)
    }

    private static func presentCount(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM device WHERE removed_at IS NULL") ?? 0
    }

    static func known(before listing: Listing, _ db: Database) throws -> Int {
        // Nothing was counted before a listing that an older version began.
        try Int.fetchOne(
            db,
            sql: """
                SELECT coalesce(known, (SELECT count(*) FROM device WHERE removed_at IS NULL AND first_listing <> ?1))
                FROM listing WHERE id = ?1
                """,
            arguments: [listing.id]
        ) ?? 0
    }

    /// Of devices joined with `seen`: that they are present, and not in this listing.
    static let isMissing = "WHERE removed_at IS NULL AND listing <> ?"

    /// How many devices the listing is measured by, and how many present ones it does not hold.
    package func missing(from listing: Listing) throws -> (known: Int, missing: Int) {
        try pool.read { db in
            (
                try Self.known(before: listing, db),
                try Int.fetchOne(
                    db,
                    sql: "SELECT count(*) FROM device JOIN seen USING (id) \(Self.isMissing)",
                    arguments: [listing.id]
                ) ?? 0
            )
        }
    }

    /// The first of the devices that a listing does not hold.
    package func missingDevices(from listing: Listing, limit: Int) throws -> [DeviceKey] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT device.id, serial FROM device JOIN seen USING (id) \(Self.isMissing) ORDER BY 1 LIMIT ?",
                arguments: [listing.id, limit]
            ).map { DeviceKey(id: $0[0], serial: $0[1]) }
        }
    }

    /// Ends a listing that reached its last page: devices it does not hold are removed as of `now`.
    ///
    /// - Parameters:
    ///   - heard: the events that were read before it began, which need no dealing with any more; nil if they were
    ///     not, or are to be read once more.
    ///   - confirmed: the only devices to remove, where the listing could not be read as a whole.
    package func complete(
        _ listing: Listing,
        at now: Timestamp,
        heard: [DeviceEvent]? = nil,
        confirmed: [DeviceKey]? = nil
    ) throws -> Int {
        try pool.write { db in
            var gone = "SELECT device.id FROM device JOIN seen USING (id) \(Self.isMissing)"
            if let confirmed {
                gone += " AND device.id IN (\(confirmed.map { String($0.id) }.joined(separator: ", ")))"
            }
            let removed = try Self.remove(gone, [listing.id], at: now, db)
            try db.execute(
                sql: "UPDATE listing SET completed_at = ?, next = NULL WHERE id = ?",
                arguments: [now.microseconds, listing.id]
            )
            try Self.forgetRefusal(db)
            try Self.forgetUnreadable(before: listing, db)
            try Self.finish(.devices, db)
            if let heard { try Self.setHeard(heard, db) }
            return removed
        }
    }

    /// - Parameter devices: a query of their ids.
    static func remove(_ devices: String, _ arguments: StatementArguments, at now: Timestamp, _ db: Database) throws
        -> Int
    {
        try db.execute(
            sql: "INSERT INTO change(device, changed_at, kind) SELECT id, ?, 'vanished' FROM (\(devices))",
            arguments: [now.microseconds] + arguments
        )
        try db.execute(
            sql: "UPDATE device SET removed_at = ?, detailed_at = NULL WHERE id IN (\(devices))",
            arguments: [now.microseconds] + arguments
        )
        let removed = db.changesCount
        try db.execute(sql: "DELETE FROM assignment WHERE id IN (SELECT id FROM device WHERE removed_at IS NOT NULL)")
        return removed
    }

    static func forgetUnreadable(before listing: Listing, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM unreadable WHERE listing <> ?", arguments: [listing.id])
    }

    /// Zero if there was none.
    static func latestCompleteListing(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM listing WHERE completed_at IS NOT NULL") ?? 0
    }

    /// Whether all lists of assigned devices were read after the latest complete list of devices.
    package var knowsAssignmentsOfListing: Bool {
        get throws {
            try pool.read { db in
                let latest = try Self.latestCompleteListing(db)
                return try latest != 0 && Meta.assignedAfterListing.get(db) == latest
            }
        }
    }

    /// Whether a listing was ever complete, and when the latest one was.
    package var lastCompleteListing: Timestamp? { get throws { try pool.read(Self.lastCompleteListing) } }

    static func lastCompleteListing(_ db: Database) throws -> Timestamp? {
        try Int64.fetchOne(
            db,
            sql: "SELECT completed_at FROM listing WHERE completed_at IS NOT NULL ORDER BY id DESC"
        ).map(Timestamp.init(stored:))
    }
}
