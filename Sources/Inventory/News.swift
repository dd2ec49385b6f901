import GRDB
import Records

/// What an entry of Apple's audit log says of one device.
package struct DeviceEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case added, removed, assigned, unassigned
        /// An AppleCare plan was bought or cancelled.
        case appleCare
    }
    package let kind: Kind
    package let serial: String
    package let time: Timestamp

    package init(_ kind: Kind, serial: String, time: Timestamp) {
        self.kind = kind
        self.serial = serial
        self.time = time
    }
}

/// What audit events tell that the inventory does not know yet.
package struct News: Sendable {
    /// Devices to read again, in the order of their serial numbers, and whether the inventory holds them as present.
    package internal(set) var changed: [(serial: String, isPresent: Bool)] = []
    /// Devices that may have left: only a complete listing decides.
    package internal(set) var removed = 0
    /// Devices whose coverage is to be asked for again.
    package internal(set) var covered = 0
}

extension Inventory {
    /// What happens around the time of a reading may be missing from it.
    private static let margin: Int64 = 10 * 60 * 1_000_000

    /// Up to when events were read, or a listing made reading them unnecessary.
    package var heardUntil: Timestamp? {
        get throws { try pool.read { try Self.moment("heard_until", $0) } }
    }

    /// All events up to this moment have been dealt with.
    package func recordHeard(until moment: Timestamp) throws {
        try pool.write { try Self.set("heard_until", moment, $0) }
    }

    /// Sorts out which events are news: those of devices that were not read since. An event may come late, twice or
    /// after a later one, because what counts is what the device is when it is read, not what the event says.
    ///
    /// Coverage that a purchase concerns is marked, so that it is asked for again whatever happens to this run.
    package func news(in events: [DeviceEvent]) throws -> News {
        try pool.write { db in
            let find = try db.cachedStatement(
                sql: """
                    SELECT device.id, removed_at IS NOT NULL,
                      max(started_at, coalesce(refreshed_at, 0), coalesce(removed_at, 0))
                    FROM device JOIN seen USING (id) JOIN listing ON listing.id = seen.listing WHERE serial = ?
                    """
            )
            let doubt = try db.cachedStatement(
                sql: "UPDATE coverage SET is_stale = 1 WHERE id = ? AND checked_at < ? AND NOT is_stale"
            )
            var changed: [String: Bool] = [:]
            var news = News()
            for event in events {
                let device = try Row.fetchOne(find, arguments: [event.serial])
                let isRemoved: Bool = device?[1] ?? false
                let isRead = device.map { $0[2] >= event.time.microseconds + Self.margin } ?? false
                switch event.kind {
                case .appleCare:
                    guard let device, !isRemoved else { continue }
                    try doubt.execute(arguments: [device[0] as Int64, event.time.microseconds + Self.margin])
                    news.covered += db.changesCount
                case .removed:
                    if device != nil, !isRemoved, !isRead { news.removed += 1 }
                case .added, .assigned, .unassigned:
                    if !isRead { changed[event.serial] = device != nil && !isRemoved }
                }
            }
            news.changed = changed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            return news
        }
    }

    /// Devices that were read alone and whose assignment was not read since, present ones only.
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

    /// Sets the service of one device; nil when it has none.
    ///
    /// - Returns: whether that is a change.
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

/// How the inventory and Apple name a device.
package struct DeviceKey: Sendable, Hashable {
    package let id: Int64
    package let serial: String
}
