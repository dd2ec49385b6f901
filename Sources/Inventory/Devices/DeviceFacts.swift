import GRDB
import Records

/// What an inventory knows of a device beside the columns of the dataset `devices`.
package struct DeviceFacts: Sendable, Hashable {
    /// A JSON object as Apple wrote it.
    package let attributes: [UInt8]
    package let firstSeenAt: Timestamp
    /// When a list last held it, or it was last read alone.
    package let lastSeenAt: Timestamp?
    package let removedAt: Timestamp?
    /// When Apple was asked for it after it had left the list.
    package let detailedAt: Timestamp?
    /// Whether the list that lacked it was refused, so that it is open whether the device has left.
    package let isMissing: Bool
    package let service: Service?
    /// Rules that wait for this serial number.
    package let waitingRules: [String]
}

extension Inventory {
    /// Nil if it does not know the device.
    package func facts(of serial: String) throws -> DeviceFacts? {
        let services = try services
        return try pool.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT attributes, first_seen_at, max(coalesce(started_at, 0), coalesce(refreshed_at, 0)), removed_at,
                      detailed_at, refused.id IS NOT NULL, server
                    FROM device LEFT JOIN seen USING (id) LEFT JOIN listing ON listing.id = seen.listing
                      LEFT JOIN refused ON refused.id = device.id LEFT JOIN assignment ON assignment.id = device.id
                    WHERE serial = ?
                    """,
                arguments: [serial]
            )
            guard let row else { return nil }
            func time(_ column: Int) -> Timestamp? { (row[column] as Int64?).map(Timestamp.init(stored:)) }
            let attributes: String = row[0]
            let server: String? = row[6]
            return DeviceFacts(
                attributes: Array(attributes.utf8),
                firstSeenAt: time(1) ?? Timestamp(stored: 0),
                lastSeenAt: row[2] == 0 ? nil : time(2),
                removedAt: time(3),
                detailedAt: time(4),
                isMissing: row[5],
                service: server.map { id in
                    services.first { $0.id == id } ?? Service(id: id, name: "", type: "")
                },
                waitingRules: try String.fetchAll(
                    db,
                    sql: "SELECT rule FROM assign_waiting WHERE serial = ? ORDER BY rule",
                    arguments: [serial]
                )
            )
        }
    }

    /// The numbers of devices, which other tables name, by serial number.
    package func key(of serial: String) throws -> DeviceKey? {
        try pool.read { db in
            try Int64.fetchOne(db, sql: "SELECT id FROM device WHERE serial = ?", arguments: [serial])
                .map { DeviceKey(id: $0, serial: serial) }
        }
    }
}
