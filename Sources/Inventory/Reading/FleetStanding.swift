import GRDB
import Records

/// An organization's fleet in numbers.
package struct FleetStanding: Sendable {
    /// Devices in the organization, grouped by product family and status.
    package struct Group: Sendable, Hashable {
        package let family: String
        package let status: String
        package let count: Int
    }

    /// What is known about a facet of those devices.
    package struct Known: Sendable, Hashable {
        package let facet: Facet
        /// Devices with an answer, and those without.
        package let known, unknown: Int
        /// When Apple was last asked: for the device with the oldest answer, for the one that 90% are newer than, and
        /// for the median one.
        package let oldest, tenth, median: Timestamp
    }

    /// The largest first.
    package let groups: [Group]
    /// Facets with any answer.
    package let known: [Known]
    /// When Apple's list of devices was last read to the end.
    package let listedAt: Timestamp?
}

extension Inventory {
    /// Reads the numbers of an inventory, even while a run uses it.
    package static func standing(at path: String) throws -> FleetStanding {
        try readOnly(path).read { db in
            FleetStanding(
                groups: try groups(db),
                known: try Facet.allCases.compactMap { try known(of: $0, db) },
                listedAt: try lastCompleteListing(db)
            )
        }
    }

    private static func groups(_ db: Database) throws -> [FleetStanding.Group] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT CAST(coalesce(attributes ->> '$.productFamily', '') AS TEXT),
                  CAST(coalesce(attributes ->> '$.status', '') AS TEXT), count(*)
                FROM device WHERE removed_at IS NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
                """
        ).map { FleetStanding.Group(family: $0[0], status: $0[1], count: $0[2]) }
    }

    private static func known(of facet: Facet, _ db: Database) throws -> FleetStanding.Known? {
        let present = "FROM device LEFT JOIN \(facet.table) USING (id) WHERE removed_at IS NULL"
        let counts = try Row.fetchOne(db, sql: "SELECT count(*), count(checked_at) \(present)")
        guard let counts, counts[1] > 0 else { return nil }
        let known: Int = counts[1]
        func moment(_ share: Double) throws -> Timestamp {
            let place = min(known - 1, Int(Double(known) * share))
            let sql = "SELECT checked_at \(present) AND checked_at IS NOT NULL ORDER BY checked_at LIMIT 1 OFFSET ?"
            return Timestamp(stored: try Int64.fetchOne(db, sql: sql, arguments: [place]) ?? 0)
        }
        return FleetStanding.Known(
            facet: facet,
            known: known,
            unknown: counts[0] - known,
            oldest: try moment(0),
            tenth: try moment(0.1),
            median: try moment(0.5)
        )
    }
}
