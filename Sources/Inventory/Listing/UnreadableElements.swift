import GRDB
import Records

/// Elements of Apple's lists that could not be read. They stay until the list is read again.
extension Inventory {
    /// What a list is of, as the dataset `rejects` calls it.
    package enum UnreadableList: String, Sendable {
        case devices, servers, assignments, coverage
        case events = "audit_events"
    }

    /// Replaces the known unreadable elements of a list, or of one device's part of it.
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
            arguments: [list.rawValue, serial]
        )
        try add(elements, of: list, serial: serial, db)
    }

    static func hasUnreadable(_ list: UnreadableList, _ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT 1 FROM unreadable WHERE dataset = ?", arguments: [list.rawValue]) != nil
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
                arguments: [list.rawValue, listing, serial, element.cause, element.text]
            )
        }
    }

    /// How many elements of a listing could not be read.
    package func unreadableCount(in listing: Listing) throws -> Int {
        try pool.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM unreadable WHERE listing = ?", arguments: [listing.id]) ?? 0
        }
    }

    /// All of them, for the dataset `rejects`.
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
                        stage: dataset == UnreadableList.events.rawValue ? "devices" : dataset
                    )
                }
            }
        }
    }
}
