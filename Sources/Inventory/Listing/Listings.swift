import GRDB
import Records

/// One pass over Apple's list of devices. It may take several runs and ends in one of them.
package struct Listing: Sendable {
    package let id: Int64
    /// Where to continue; nil at the start.
    package let next: String?
    /// Whether no listing was ever complete. Then all devices are new, and nothing is recorded as a change.
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

    /// The number that a listing is compared with: the devices present when the first listing after the last complete
    /// one began. Devices of refused or interrupted listings do not count, or the next listing would have more to
    /// lose.
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
        // Older versions began listings without this count.
        try Int.fetchOne(
            db,
            sql: """
                SELECT coalesce(known, (SELECT count(*) FROM device WHERE removed_at IS NULL AND first_listing <> ?1))
                FROM listing WHERE id = ?1
                """,
            arguments: [listing.id]
        ) ?? 0
    }

    /// The present devices that are not in this listing. Few pass the first condition, so `seen`, which is small, is read
    /// first: otherwise SQLite would read all devices.
    static let missing = "FROM seen CROSS JOIN device USING (id) WHERE listing <> ? AND removed_at IS NULL"

    /// The number that the listing is compared with, and how many present devices it lacks.
    package func missing(from listing: Listing) throws -> (known: Int, missing: Int) {
        try pool.read { db in
            (
                try Self.known(before: listing, db),
                try Int.fetchOne(db, sql: "SELECT count(*) \(Self.missing)", arguments: [listing.id]) ?? 0
            )
        }
    }

    /// The first devices that a listing lacks.
    package func missingDevices(from listing: Listing, limit: Int) throws -> [DeviceKey] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT device.id, serial \(Self.missing) ORDER BY 1 LIMIT ?",
                arguments: [listing.id, limit]
            ).map { DeviceKey(id: $0[0], serial: $0[1]) }
        }
    }

    /// Ends a listing that reached its last page: devices that it lacks are removed as of `now`.
    ///
    /// - Parameters:
    ///   - heard: the events that were read before it began and need no further work; nil if none were read, or if
    ///     they must be read again.
    ///   - confirmed: the only devices to remove, if the listing could not be read completely.
    package func complete(
        _ listing: Listing,
        at now: Timestamp,
        heard: [DeviceEvent]? = nil,
        confirmed: [DeviceKey]? = nil
    ) throws -> Int {
        try pool.write { db in
            var gone = "SELECT device.id \(Self.missing)"
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

    /// - Parameter devices: a query that returns their ids.
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

    /// The id of the latest complete listing; 0 if none exists.
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

    /// When the latest complete listing ended; nil if no listing was ever complete.
    package var lastCompleteListing: Timestamp? { get throws { try pool.read(Self.lastCompleteListing) } }

    static func lastCompleteListing(_ db: Database) throws -> Timestamp? {
        try Int64.fetchOne(
            db,
            sql: "SELECT completed_at FROM listing WHERE completed_at IS NOT NULL ORDER BY id DESC"
        ).map(Timestamp.init(stored:))
    }
}
