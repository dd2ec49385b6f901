import GRDB
import Records

/// An entry of Apple's audit log about one device.
package struct DeviceEvent: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        case added, removed, assigned, unassigned
        /// An AppleCare plan was bought or canceled.
        case appleCare = "applecare"
    }
    /// Apple's id of the entry, by which a repeated one is recognized.
    package let id: String
    package let kind: Kind
    package let serial: String
    /// By Apple's clock.
    package let time: Timestamp
    /// Who did it, as the log says it; nil if it does not.
    package let actor: Actor?
    /// The name of the service that the device was assigned to, or what released it (USER, MDM, RESELLER, API, …).
    package let detail: String?

    package struct Actor: Sendable, Hashable {
        /// USER, API_USER, SYSTEM, or a word that this version does not know.
        package let type: String
        package let id, name: String?

        package init(type: String, id: String? = nil, name: String? = nil) {
            self.type = type
            self.id = id
            self.name = name
        }
    }

    package init(
        _ kind: Kind,
        id: String,
        serial: String,
        time: Timestamp,
        actor: Actor? = nil,
        detail: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.serial = serial
        self.time = time
        self.actor = actor
        self.detail = detail
    }
}

/// What audit events report that the inventory does not know yet.
package struct News: Sendable {
    /// Devices to read again, by serial number, and whether the inventory has them as present.
    package internal(set) var changed: [(serial: String, isPresent: Bool)] = []
    /// Devices that may have left. Only a complete listing decides.
    package internal(set) var removed = 0
    /// Devices whose coverage must be read again.
    package internal(set) var covered = 0
}

extension Inventory {
    /// Time of the latest known event, by Apple's clock.
    package var latestEvent: Timestamp? {
        get throws { try pool.read(Meta.latestEvent.get) }
    }

    /// Records that these events are done. Any other event is news the next time.
    package func recordHeard(_ events: [DeviceEvent]) throws {
        try pool.write { db in
            try Self.setHeard(events, db)
            try Self.finish(.events, db)
        }
    }

    static func setHeard(_ events: [DeviceEvent], _ db: Database) throws {
        try db.execute(sql: "DELETE FROM heard_event")
        let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO heard_event VALUES (?)")
        for event in events { try insert.run([.text(event.id)]) }
        let times = try events.map(\.time) + [Meta.latestEvent.get(db)].compactMap { $0 }
        if let latest = times.max() { try Meta.latestEvent.set(latest, db) }
    }

    /// Makes the next run read the log again from its start.
    package func forgetHeard() throws { try pool.write(Self.forgetHeard) }

    static func forgetHeard(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM heard_event")
        try Meta.latestEvent.clear(db)
    }

    /// Selects the events that are news: those not seen before. An event may come late, twice, or after a later one:
    /// the device's current data counts, not the event's. An event's time is never compared with this machine's
    /// clock, which may be days off.
    ///
    /// Marks coverage that a purchase concerns, so that it is read again even if this run fails. Keeps all events: they say
    /// who released or moved a device.
    package func news(in events: [DeviceEvent]) throws -> News {
        try pool.write { db in
            try Self.keep(events, db)
            let isHeard = try db.cachedStatement(sql: "SELECT 1 FROM heard_event WHERE id = ?")
            let find = try db.cachedStatement(sql: "SELECT id, removed_at IS NOT NULL FROM device WHERE serial = ?")
            let doubt = try db.cachedStatement(
                sql: "UPDATE coverage SET is_stale = 1 WHERE id = ? AND checked_at IS NOT NULL AND NOT is_stale"
            )
            var changed: [String: Bool] = [:]
            var news = News()
            for event in events {
                if try Int.fetchOne(isHeard, arguments: [event.id]) != nil { continue }
                let device = try Row.fetchOne(find, arguments: [event.serial])
                let isPresent = device?[1] == false
                switch event.kind {
                case .appleCare:
                    guard let device, isPresent else { continue }
                    try doubt.execute(arguments: [device[0] as Int64])
                    news.covered += db.changesCount
                case .removed: if isPresent { news.removed += 1 }
                case .added, .assigned, .unassigned: changed[event.serial] = isPresent
                }
            }
            news.changed = changed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            return news
        }
    }

    /// Present devices that were read separately and whose assignment has not been read since.
    package var assignmentsDue: [DeviceKey] {
        get throws {
            try pool.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT device.id, serial FROM device JOIN assignment_due USING (id)
                        WHERE removed_at IS NULL ORDER BY device.id
                        """
                ).map { DeviceKey(id: $0[0], serial: $0[1]) }
            }
        }
    }

    /// Sets the service of one device; nil if it has none.
    ///
    /// - Returns: whether the service changed.
    package func recordAssignment(of device: DeviceKey, to server: String?, at now: Timestamp) throws -> Bool {
        try pool.write { db in
            let before = try String.fetchOne(
                db,
                sql: "SELECT server FROM assignment WHERE id = ?",
                arguments: [device.id]
            )
            try db.execute(sql: "DELETE FROM assignment_due WHERE id = ?", arguments: [device.id])
            guard before != server else { return false }
            try db.execute(sql: "DELETE FROM assignment WHERE id = ?", arguments: [device.id])
            if let server {
                try db.execute(sql: "INSERT INTO assignment VALUES (?, ?)", arguments: [device.id, server])
            }
            try ChangeLog(db, now: now)
                .log(device.id, .reassigned, column: "server_id", before: before, after: server)
            return true
        }
    }
}

/// The ids of a device in the inventory and at Apple.
package struct DeviceKey: Sendable, Hashable {
    package let id: Int64
    package let serial: String
}
