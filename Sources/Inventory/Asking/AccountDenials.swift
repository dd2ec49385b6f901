import GRDB
import Records

/// Requests that Apple denies to the whole account. Later runs ask about one device to check whether that is still
/// so.
extension Inventory {
    /// When Apple first denied a facet to the account; nil if no denial is known.
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

    /// The present device that Apple answered for most recently, or the one after `skipping` of them.
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
    var denial: Meta<Timestamp> { Meta("denied_\(rawValue)") }
}
