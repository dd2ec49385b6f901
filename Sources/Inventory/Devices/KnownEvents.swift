import GRDB
import Records

/// What Apple's audit log said about devices, so that their history says who did it.
enum KnownEvents {
    static let layout = """
        CREATE TABLE device_event (
          id TEXT PRIMARY KEY, serial TEXT NOT NULL, happened_at INTEGER NOT NULL, kind TEXT NOT NULL, actor_type TEXT,
          actor_id TEXT, actor_name TEXT, detail TEXT
        ) STRICT;
        CREATE INDEX device_event_serial ON device_event(serial);
        """

    static func forget(before oldest: Int64, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM device_event WHERE happened_at < ?", arguments: [oldest])
    }
}

extension Inventory {
    /// Keeps what the log says of a device. An event that is known stays as it is.
    package func keep(_ events: [DeviceEvent]) throws { try pool.write { try Self.keep(events, $0) } }

    static func keep(_ events: [DeviceEvent], _ db: Database) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO device_event(id, serial, happened_at, kind, actor_type, actor_id, actor_name, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        for event in events {
            func optional(_ text: String?) -> StatementValue { text.map(StatementValue.text) ?? .null }
            try insert.run([
                .text(event.id), .text(event.serial), .integer(event.time.microseconds), .text(event.kind.rawValue),
                optional(event.actor?.type), optional(event.actor?.id), optional(event.actor?.name),
                optional(event.detail),
            ])
        }
    }

    /// What the log said of a device, oldest first.
    package func events(of serial: String) throws -> [DeviceEvent] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, happened_at, kind, actor_type, actor_id, actor_name, detail FROM device_event
                    WHERE serial = ? ORDER BY happened_at, id
                    """,
                arguments: [serial]
            ).compactMap { row in
                guard let kind = DeviceEvent.Kind(rawValue: row[2]) else { return nil }
                let actor = (row[3] as String?).map { DeviceEvent.Actor(type: $0, id: row[4], name: row[5]) }
                return DeviceEvent(
                    kind,
                    id: row[0],
                    serial: serial,
                    time: Timestamp(stored: row[1]),
                    actor: actor,
                    detail: row[6]
                )
            }
        }
    }
}
