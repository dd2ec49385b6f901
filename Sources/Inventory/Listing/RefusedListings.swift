import GRDB
import Records

/// A list of devices that lacked too many. The refusal lasts until another list lacks few enough of the devices known
/// before the first refused list, or until a person accepts what is missing.
package struct RefusedListing: Sendable, Hashable, CustomStringConvertible {
    package let firstRefusedAt: Timestamp
    /// Devices that were known before the first refused list.
    package let known: Int
    /// Devices that the latest list lacked and that have not appeared since.
    package let missing: Int

    package var description: String {
        "first refused on \(firstRefusedAt.description.prefix(10)), lacks \(missing.grouped) of \(known.grouped) known devices"
    }
}

extension Inventory {
    package var refusedListing: RefusedListing? {
        get throws { try pool.read(Self.refusedListing) }
    }

    private static let stillMissing = """
        FROM refused JOIN device USING (id) JOIN seen USING (id) JOIN refusal
        WHERE removed_at IS NULL AND seen.listing < refusal.listing
        """

    private static func refusedListing(_ db: Database) throws -> RefusedListing? {
        guard let row = try Row.fetchOne(db, sql: "SELECT first_at, known FROM refusal") else { return nil }
        return RefusedListing(
            firstRefusedAt: Timestamp(microseconds: row[0]),
            known: row[1],
            missing: try Int.fetchOne(db, sql: "SELECT count(*) \(stillMissing)") ?? 0
        )
    }

    /// Refuses a listing that reached its last page: nothing is retired. The next listing is compared with the same
    /// number of devices.
    package func refuse(_ listing: Listing, at now: Timestamp) throws -> RefusedListing {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO refusal(id, listing, first_at, refused_at, known) VALUES (1, ?, ?, ?, ?)
                    ON CONFLICT(id) DO UPDATE SET listing = excluded.listing, refused_at = excluded.refused_at
                    """,
                arguments: [listing.id, now.microseconds, now.microseconds, try Self.known(before: listing, db)]
            )
            try db.execute(sql: "DELETE FROM refused")
            try db.execute(
                sql: "INSERT INTO refused SELECT device.id \(Self.missing)",
                arguments: [listing.id]
            )
            try Self.forgetUnreadable(before: listing, db)
            return try Self.refusedListing(db) ?? RefusedListing(firstRefusedAt: now, known: 0, missing: 0)
        }
    }

    /// Accepts that the devices missing from the refused listing have left: they are retired, and these loads may
    /// remove them.
    ///
    /// - Returns: their number; nil, without any change, if there are more than `most` or no listing is refused.
    package func acceptRefusedListing(atMost most: Int, loads: [String], at now: Timestamp) throws -> Int? {
        try pool.write { db in
            guard let refused = try Self.refusedListing(db), refused.missing <= most else { return nil }
            try db.execute(sql: "DELETE FROM accepted WHERE acceptance NOT IN (SELECT acceptance FROM owed)")
            let latest = try Int.fetchOne(db, sql: "SELECT max(acceptance) FROM (\(Self.acceptances))") ?? 0
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO accepted(id, acceptance, attributes, server)
                    SELECT device.id, ?, attributes, (SELECT server FROM assignment WHERE assignment.id = device.id)
                    \(Self.stillMissing)
                    """,
                arguments: [latest + 1]
            )
            try Self.owe(loads, acceptance: latest + 1, db)
            let gone = "SELECT device.id \(Self.stillMissing)"
            let removed = try Self.remove(gone, [], at: now, db)
            // From now on it is a listing like any other.
            try db.execute(
                sql: """
                    UPDATE listing SET completed_at = (SELECT refused_at FROM refusal), next = NULL
                    WHERE id = (SELECT listing FROM refusal)
                    """
            )
            try Self.forgetRefusal(db)
            return removed
        }
    }

    private static let acceptances = "SELECT acceptance FROM owed UNION ALL SELECT acceptance FROM accepted"

    /// Lets other loads, which read the same inventory, remove the devices accepted last.
    ///
    /// - Returns: the number of devices; 0 if nothing was accepted or there are more than `most`.
    package func oweAccepted(atMost most: Int, to loads: [String]) throws -> Int {
        try pool.write { db in
            let latest = try Row.fetchOne(
                db,
                sql: "SELECT acceptance, count(*) FROM accepted GROUP BY acceptance ORDER BY acceptance DESC"
            )
            guard let latest, latest[1] <= most else { return 0 }
            try Self.owe(loads, acceptance: latest[0], db)
            return latest[1]
        }
    }

    private static func owe(_ loads: [String], acceptance: Int, _ db: Database) throws {
        for load in loads {
            try db.execute(
                sql: "INSERT OR IGNORE INTO owed(load, acceptance) VALUES (?, ?)",
                arguments: [load, acceptance]
            )
        }
    }

    /// Whether this load has yet to remove accepted devices.
    package func isOwed(_ load: String) throws -> Bool {
        try pool.read { db in
            try Int.fetchOne(
                db,
                sql: "SELECT 1 FROM owed JOIN accepted USING (acceptance) WHERE load = ?",
                arguments: [load]
            )
                != nil
        }
    }

    /// Records that the load has removed what it may.
    package func settle(_ load: String) throws {
        try pool.write { try $0.execute(sql: "DELETE FROM owed WHERE load = ?", arguments: [load]) }
    }

    static func forgetRefusal(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM refusal; DELETE FROM refused")
    }
}

extension Int {
    /// The number with commas between thousands.
    fileprivate var grouped: String {
        let digits = String(magnitude)
        let first = digits.count % 3
        let groups = stride(from: first, to: digits.count, by: 3).map { digits.dropFirst($0).prefix(3) }
        return (self < 0 ? "-" : "") + ((first > 0 ? [digits.prefix(first)] : []) + groups).joined(separator: ",")
    }
}
