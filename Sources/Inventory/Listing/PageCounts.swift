import GRDB

/// How many pages Apple's lists had when they were last read to their ends.
extension Inventory {
    package enum PagedList: String, Sendable {
        case servers = "pages_of_servers"
        case events = "pages_of_events"
    }

    package func pages(of list: PagedList) throws -> Int? {
        try pool.read { db in
            try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [list.rawValue])
                .flatMap { Int($0) }
        }
    }

    package func record(pages: Int, of list: PagedList) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value
                    """,
                arguments: [list.rawValue, String(pages)]
            )
        }
    }

    /// The same of the list of devices.
    package var pagesOfLastListing: Int? {
        get throws {
            try pool.read { db in
                try Int.fetchOne(
                    db,
                    sql: "SELECT pages FROM listing WHERE completed_at IS NOT NULL AND pages > 0 ORDER BY id DESC"
                )
            }
        }
    }
}
