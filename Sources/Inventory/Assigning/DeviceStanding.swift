import GRDB
import Records

/// What decides whether a device may be assigned.
package struct DeviceStanding: Sendable, Hashable {
    package let serialNumber: String
    /// The service it is on; nil for none.
    package let service: String?
    /// When it joined the organization; nil if Apple does not say.
    package let addedAt: Timestamp?
    package let family: String?
    /// Nil if Apple does not say.
    package let isMigrationCapable: Bool?
    package let migrationStatus: String?
    /// Whether the organization has released it, although Apple lists it.
    package let isReleased: Bool

    package init(
        serialNumber: String,
        service: String?,
        addedAt: Timestamp? = nil,
        family: String? = nil,
        isMigrationCapable: Bool? = nil,
        migrationStatus: String? = nil,
        isReleased: Bool = false
    ) {
        self.serialNumber = serialNumber
        self.service = service
        self.addedAt = addedAt
        self.family = family
        self.isMigrationCapable = isMigrationCapable
        self.migrationStatus = migrationStatus
        self.isReleased = isReleased
    }
}

extension Inventory {
    /// The present devices among these, by serial number. Devices of a refused listing are not among them: whether they
    /// are still in the organization is open.
    package func standings(of serials: [String]) throws -> [String: DeviceStanding] {
        try pool.read { db in
            var standings: [String: DeviceStanding] = [:]
            let select = try db.cachedStatement(
                sql: """
                    SELECT assignment.server, attributes ->> '$.addedToOrgDateTime', attributes ->> '$.productFamily',
                      attributes ->> '$.isMdmMigrationCapable', attributes ->> '$.mdmMigrationStatus',
                      coalesce(attributes ->> '$.releasedFromOrgDateTime', '') <> ''
                    FROM device LEFT JOIN assignment USING (id)
                    WHERE serial = ? AND removed_at IS NULL AND device.id NOT IN (SELECT id FROM refused)
                    """
            )
            for serial in serials {
                try select.run([.text(serial)]) { row in
                    standings[serial] = DeviceStanding(
                        serialNumber: serial,
                        service: row.text(0),
                        addedAt: row.text(1).flatMap(Timestamp.init(text:)),
                        family: row.text(2),
                        isMigrationCapable: row.integer(3).map { $0 != 0 },
                        migrationStatus: row.text(4),
                        isReleased: row.integer(5) == 1
                    )
                }
            }
            return standings
        }
    }
}
