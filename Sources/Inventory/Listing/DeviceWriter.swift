import GRDB
import Records

/// Writes devices within one transaction. It reads before it writes: an unchanged device costs no write.
struct DeviceWriter {
    private(set) var outcome = PageOutcome()
    private(set) var added: [DeviceKey] = []
    private let now: Timestamp
    private let logsAdditions: Bool
    private let db: Database
    private let find: Statement
    private let insert: Statement
    private let update: Statement
    private let mark: Statement
    private let doubt: [Statement]
    private var changes: ChangeLog

    init(_ db: Database, now: Timestamp, logsAdditions: Bool) throws {
        self.db = db
        self.now = now
        self.logsAdditions = logsAdditions
        find = try db.cachedStatement(
            sql: """
                SELECT device.id, attributes, removed_at, listing FROM device LEFT JOIN seen USING (id) WHERE serial = ?
                """
        )
        insert = try db.cachedStatement(
            sql: "INSERT INTO device(serial, attributes, first_seen_at, first_listing) VALUES (?, ?, ?, ?)"
        )
        update = try db.cachedStatement(sql: "UPDATE device SET attributes = ?, removed_at = ? WHERE id = ?")
        mark = try db.cachedStatement(
            sql: "INSERT INTO seen(id, listing) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET listing = excluded.listing"
        )
        doubt = try Facet.allCases.map {
            try db.cachedStatement(sql: "UPDATE \($0.table) SET is_stale = 1 WHERE id = ?")
        }
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
        try find.run([.text(serial)]) { row in
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
            _ = try add(resource, listing: listing)
            return
        }
        if known.listing == listing {
            outcome.repeated += 1
        } else {
            count(known, resource)
        }
        try replace(known, by: resource)
        if known.listing != listing { try mark.run([.integer(known.id), .integer(listing)]) }
    }

    /// Marks a new device as part of the latest complete listing, so that the next listing can miss it.
    mutating func record(_ resource: Resource, alone latest: Int64) throws -> Int64 {
        guard let known = try known(resource.id) else { return try add(resource, listing: latest) }
        count(known, resource)
        try replace(known, by: resource)
        return known.id
    }

    private mutating func add(_ resource: Resource, listing: Int64) throws -> Int64 {
        try insert.run([.text(resource.id), .text(resource.attributes), .integer(now.microseconds), .integer(listing)])
        let id = db.lastInsertedRowID
        try mark.run([.integer(id), .integer(listing)])
        added.append(DeviceKey(id: id, serial: resource.id))
        outcome.added += 1
        if logsAdditions { try changes.log(id, .added) }
        return id
    }

    private mutating func count(_ known: Known, _ resource: Resource) {
        if known.removedAt == nil && known.attributes == resource.attributes {
            outcome.unchanged += 1
        } else {
            outcome.changed += 1
        }
    }

    private mutating func replace(_ known: Known, by resource: Resource) throws {
        if known.removedAt != nil {
            try changes.log(known.id, .returned)
            for statement in doubt { try statement.run([.integer(known.id)]) }
            try db.cachedStatement(sql: "DELETE FROM accepted WHERE id = ?").run([.integer(known.id)])
        }
        if known.removedAt != nil || known.attributes != resource.attributes {
            try changes.logColumns(
                known.id,
                serial: resource.id,
                from: known.attributes,
                to: resource.attributes,
                as: .updated
            )
            try update.run([.text(resource.attributes), .null, .integer(known.id)])
        }
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
        try update.run([.text(resource.attributes), .integer(known.removedAt), .integer(known.id)])
    }
}
