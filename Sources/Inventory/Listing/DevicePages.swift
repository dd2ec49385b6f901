import GRDB
import Records

/// The result of storing one page of devices.
package struct PageOutcome: Sendable, Hashable {
    package var added: Int
    package var changed: Int
    package var unchanged: Int
    /// Devices that the listing already contained: repeats at the edge of two pages.
    package var repeated: Int

    package init(added: Int = 0, changed: Int = 0, unchanged: Int = 0, repeated: Int = 0) {
        self.added = added
        self.changed = changed
        self.unchanged = unchanged
        self.repeated = repeated
    }
}

extension Inventory {
    /// Stores a page and, in the same transaction, where the listing continues.
    ///
    /// - Parameter found: receives the devices that were never listed before.
    package func record(
        _ page: [Resource],
        unreadable: [UnreadableElement] = [],
        in listing: Listing,
        next: String?,
        at now: Timestamp,
        found: ([DeviceKey]) -> Void = { _ in }
    ) throws -> PageOutcome {
        let (outcome, added) = try pool.write { db in
            var writer = try DeviceWriter(db, now: now, logsAdditions: !listing.isFirst)
            for resource in page { try writer.record(resource, listing: listing.id) }
            try Self.add(unreadable, of: .rows(.devices), listing: listing.id, db)
            try db.execute(
                sql: "UPDATE listing SET next = ?, pages = pages + 1 WHERE id = ?",
                arguments: [next, listing.id]
            )
            return (writer.outcome, writer.added)
        }
        if !added.isEmpty { found(added) }
        return outcome
    }

    /// Stores a device that was read separately because an event reported a change.
    package func record(_ resource: Resource, at now: Timestamp) throws -> PageOutcome {
        try pool.write { db in
            let latest = try Self.latestCompleteListing(db)
            var writer = try DeviceWriter(db, now: now, logsAdditions: latest != 0)
            let id = try writer.record(resource, alone: latest)
            try db.execute(
                sql: "UPDATE device SET refreshed_at = ? WHERE id = ?",
                arguments: [now.microseconds, id]
            )
            try db.execute(sql: "INSERT OR IGNORE INTO assignment_due VALUES (?)", arguments: [id])
            try db.execute(sql: "DELETE FROM refused WHERE id = ?", arguments: [id])
            return writer.outcome
        }
    }

    /// Serial numbers of devices that left the list and have not been read since.
    package func devicesToDetail(limit: Int) throws -> [String] {
        try pool.read { db in
            try String.fetchAll(
                db,
                sql:
                    "SELECT serial FROM device WHERE removed_at IS NOT NULL AND detailed_at IS NULL ORDER BY id LIMIT ?",
                arguments: [limit]
            )
        }
    }

    /// Stores the single-device answer for a device that left the list; nil if Apple no longer has it.
    package func recordDetails(_ resource: Resource?, serial: String, at now: Timestamp) throws {
        try pool.write { db in
            if let resource {
                var writer = try DeviceWriter(db, now: now, logsAdditions: true)
                try writer.recordDetails(resource)
            }
            try db.execute(
                sql: "UPDATE device SET detailed_at = ? WHERE serial = ?",
                arguments: [now.microseconds, serial]
            )
        }
    }

    package var deviceCount: Int {
        get throws {
            try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM device WHERE removed_at IS NULL") ?? 0 }
        }
    }
}
