import GRDB
import Records

/// Elements of Apple's lists that could not be read. They stay until the list is read again.
extension Inventory {
    /// The kind of list.
    package enum UnreadableList: Sendable {
        case rows(Dataset)
        case assignments
        case events

        /// Its name in the dataset `rejects`.
        var name: String {
            switch self {
            case .rows(let dataset): dataset.rawValue
            case .assignments: "assignments"
            case .events: "audit_events"
            }
        }

        /// The stage that reads a list of this name.
        static func stage(reading name: String) -> String {
            name == events.name ? Dataset.devices.rawValue : name
        }
    }

    /// Replaces the known unreadable elements of a list, or those of one device.
    package func record(_ elements: [UnreadableElement], of list: UnreadableList, serial: String? = nil) throws {
        try pool.write { try Self.replace(elements, of: list, serial: serial, $0) }
    }

    static func replace(
        _ elements: [UnreadableElement],
        of list: UnreadableList,
        serial: String?,
        _ db: Database
    ) throws {
        try db.execute(
            sql: "DELETE FROM unreadable WHERE dataset = ? AND serial IS ?",
            arguments: [list.name, serial]
        )
        try add(elements, of: list, serial: serial, db)
    }

    static func hasUnreadable(_ list: UnreadableList, _ db: Database) throws -> Bool {
        let find = try db.cachedStatement(sql: "SELECT 1 FROM unreadable WHERE dataset = ?")
        return try Int.fetchOne(find, arguments: [list.name]) != nil
    }

    static func add(
        _ elements: [UnreadableElement],
        of list: UnreadableList,
        serial: String? = nil,
        listing: Int64? = nil,
        _ db: Database
    ) throws {
        for element in elements {
            try db.execute(
                sql: "INSERT INTO unreadable(dataset, listing, serial, cause, value) VALUES (?, ?, ?, ?, ?)",
                arguments: [list.name, listing, serial, element.cause, element.text]
            )
        }
    }

    /// How many elements of a listing could not be read.
    package func unreadableCount(in listing: Listing) throws -> Int {
        try pool.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM unreadable WHERE listing = ?", arguments: [listing.id]) ?? 0
        }
    }

    /// All unreadable elements, for the dataset `rejects`.
    package var unreadableElements: [Reject] {
        get throws {
            try pool.read { db in
                try Row.fetchAll(db, sql: "SELECT dataset, serial, value FROM unreadable ORDER BY id").map { row in
                    let dataset: String = row[0]
                    return Reject(
                        dataset: dataset,
                        serialNumber: row[1],
                        column: "element",
                        reason: .unreadable,
                        value: row[2],
                        stage: UnreadableList.stage(reading: dataset)
                    )
                }
            }
        }
    }
}
