import GRDB

/// The inventory's connections. SQLite's errors become failures that say where the problem is and what to do.
struct InventoryPool: Sendable {
    private let pool: DatabasePool
    private let path: String
    /// Refuses to change the inventory from now on, by its error.
    private let permission: Inventory.Permission?

    init(_ pool: DatabasePool, path: String, permission: Inventory.Permission?) {
        self.pool = pool
        self.path = path
        self.permission = permission
    }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try naming { try pool.read(body) }
    }

    func unsafeRead<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try naming { try pool.unsafeRead(body) }
    }

    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try naming {
            try pool.write { db in
                let result = try body(db)
                try permission?()
                return result
            }
        }
    }

    func writeWithoutTransaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try naming { try pool.writeWithoutTransaction(body) }
    }

    func backup(to target: DatabaseQueue) throws { try naming { try pool.backup(to: target) } }

    func close() throws { try pool.close() }

    private func naming<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as DatabaseError {
            throw Inventory.failure(error, path: path)
        }
    }
}
