import GRDB
import Records

/// What Apple denies the whole account, so that later runs ask for one device to see whether that is still so.
extension Inventory {
    /// Since when the account may not read a facet; nil while it may, as far as is known.
    package func denial(of facet: Facet) throws -> Timestamp? {
        try pool.read(facet.denial.get)
    }

    package func recordDenial(of facet: Facet, at now: Timestamp) throws {
        try pool.write { db in
            if try facet.denial.get(db) == nil { try facet.denial.set(now, db) }
        }
    }

    package func forgetDenial(of facet: Facet) throws {
        try pool.write(facet.denial.clear)
    }

    /// A present device that Apple has answered for, the latest; the next one after `skipping` of them.
    package func answeredDevice(_ facet: Facet, skipping: Int = 0) throws -> DeviceRequest? {
        try pool.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT device.id, serial FROM device JOIN \(facet.table) USING (id)
                    WHERE removed_at IS NULL AND checked_at IS NOT NULL ORDER BY checked_at DESC, device.id LIMIT 1 OFFSET ?
                    """,
                arguments: [skipping]
            ).map { DeviceRequest(id: $0[0], serial: $0[1], reason: .old) }
        }
    }
}

extension Facet {
    fileprivate var denial: Meta<Timestamp> { Meta("denied_\(rawValue)") }
}
