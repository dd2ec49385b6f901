import GRDB
import Records

/// What a page of devices brought.
package struct PageOutcome: Sendable, Hashable {
    package var added: Int
    package var changed: Int
    package var unchanged: Int
    /// Devices that the listing had held before: repeats on the edge of two pages.
    package var repeated: Int

    package init(added: Int = 0, changed: Int = 0, unchanged: Int = 0, repeated: Int = 0) {
        self.added = added
        self.changed = changed
        self.unchanged = unchanged
        self.repeated = repeated
    }
}

extension Inventory {
    /// Stores a page and, in the same transaction, where the listing goes on.
    package func record(
        _ page: [Resource],
        in listing: Listing,
        next: String?,
        at now: Timestamp
    ) throws -> PageOutcome {
        try pool.write { db in
            var writer = try DeviceWriter(db, now: now, logsAdditions: !listing.isFirst)
            for resource in page { try writer.record(resource, listing: listing.id) }
            try db.execute(sql: "UPDATE listing SET next = ? WHERE id = ?", arguments: [next, listing.id])
            return writer.outcome
        }
    }

    /// Serial numbers of devices that left the list and were not read since.
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

    /// Stores what the single-device call said of a device that left the list; nil when Apple no longer knows it.
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

/// Writes devices within one transaction. Reads before it writes: a device that did not change costs no write.
private struct DeviceWriter {
    private(set) var outcome = PageOutcome()
    private let now: Timestamp
    private let logsAdditions: Bool
    private let find: Statement
    private let insert: Statement
    private let update: Statement
    private let mark: Statement
    private var changes: ChangeLog

    init(_ db: Database, now: Timestamp, logsAdditions: Bool) throws {
        self.now = now
        self.logsAdditions = logsAdditions
        find = try db.cachedStatement(
            sql: """
                SELECT device.id, attributes, removed_at, listing FROM device LEFT JOIN seen USING (id) WHERE serial = ?
                """
        )
        insert = try db.cachedStatement(
            sql: "INSERT INTO device(serial, attributes, first_seen_at) VALUES (?, ?, ?) RETURNING id"
        )
        update = try db.cachedStatement(sql: "UPDATE device SET attributes = ?, removed_at = ? WHERE id = ?")
        mark = try db.cachedStatement(
            sql: "INSERT INTO seen(id, listing) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET listing = excluded.listing"
        )
        changes = try ChangeLog(db, now: now)
    }

    private struct Known {
        let id: Int64
        let attributes: [UInt8]
        let removedAt: Int64?
        let listing: Int64?
    }

    private func known(_ serial: String) throws -> Known? {
        var found: Known?
        try find.visitRows([serial]) { row in
            found = Known(
                id: row.integer(0) ?? 0,
                attributes: row.bytes(1).map(Array.init) ?? [],
                removedAt: row.integer(2),
                listing: row.integer(3)
            )
        }
        return found
    }

    mutating func record(_ resource: Resource, listing: Int64) throws {
        guard let known = try known(resource.id) else {
            let text = String(decoding: resource.attributes, as: UTF8.self)
            let id = try Int64.fetchOne(insert, arguments: [resource.id, text, now.microseconds]) ?? 0
            try mark.execute(arguments: [id, listing])
            outcome.added += 1
            if logsAdditions { try changes.log(id, .added) }
            return
        }
        if known.listing == listing {
            outcome.repeated += 1
        } else if known.removedAt == nil && known.attributes == resource.attributes {
            outcome.unchanged += 1
        } else {
            outcome.changed += 1
        }
        if known.removedAt != nil { try changes.log(known.id, .returned) }
        if known.removedAt != nil || known.attributes != resource.attributes {
            try changes.logColumns(
                known.id,
                serial: resource.id,
                from: known.attributes,
                to: resource.attributes,
                as: .updated
            )
            let text = String(decoding: resource.attributes, as: UTF8.self)
            try update.execute(arguments: [text, nil, known.id])
        }
        if known.listing != listing { try mark.execute(arguments: [known.id, listing]) }
    }

    mutating func recordDetails(_ resource: Resource) throws {
        guard let known = try known(resource.id), known.attributes != resource.attributes else { return }
        try changes.logColumns(
            known.id,
            serial: resource.id,
            from: known.attributes,
            to: resource.attributes,
            as: .released
        )
        let text = String(decoding: resource.attributes, as: UTF8.self)
        try update.execute(arguments: [text, known.removedAt, known.id])
    }
}
