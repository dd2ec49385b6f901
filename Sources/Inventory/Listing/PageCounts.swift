import GRDB

/// How many pages Apple's lists had when they were last read to the end.
extension Inventory {
    package enum PagedList: String, Sendable {
        case servers = "pages_of_servers"
        case events = "pages_of_events"

        fileprivate var pages: Meta<Int> { Meta(rawValue) }
    }

    package func pages(of list: PagedList) throws -> Int? {
        try pool.read(list.pages.get)
    }

    package func record(pages: Int, of list: PagedList) throws {
        try pool.write { try list.pages.set(pages, $0) }
    }

    /// The number of pages of the list of devices.
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
