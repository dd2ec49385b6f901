import GRDB
import Records

extension Inventory {
    /// Makes the inventory that of this organization. One in which nothing of Apple is stored, because the account was
    /// denied or the address was wrong, changes its organization.
    static func claim(_ pool: DatabasePool, path: String, identity: String) throws {
        let owner = try pool.write { db in
            guard let owner = try Meta.identity.get(db) else {
                try Meta.identity.set(identity, db)
                try startSequence(db)
                return identity
            }
            guard owner != identity, try isUnused(db) else { return owner }
            // What was begun or learned with the other account.
            try db.execute(sql: "DELETE FROM listing")
            try db.execute(sql: "DELETE FROM refresh")
            try Meta.roundBeganAt.clear(db)
            try Meta.learnedRate.clear(db)
            for facet in Facet.allCases { try facet.denial.clear(db) }
            try Meta.identity.set(identity, db)
            return identity
        }
        guard owner == identity else { throw ofAnother(owner, path: path, identity: identity) }
    }

    /// The owner, if it is another organization, and the inventory cannot become that of this one.
    static func otherOwner(_ db: Database, than identity: String) throws -> String? {
        guard let owner = try Meta.identity.get(db), owner != identity else { return nil }
        return try isUnused(db) ? nil : owner
    }

    private static func isUnused(_ db: Database) throws -> Bool {
        for table in ["device", "server", "device_event", "heard_event", "assign_activity"] {
            if try db.tableExists(table), try Int.fetchOne(db, sql: "SELECT 1 FROM \(table) LIMIT 1") != nil {
                return false
            }
        }
        let answered = "SELECT 1 FROM listing WHERE completed_at IS NOT NULL OR next IS NOT NULL"
        return try Int.fetchOne(db, sql: answered) == nil && Meta.servedAt.get(db) == nil
    }

    static func ofAnother(_ owner: String, path: String, identity: String) -> Failure {
        Failure(
            .pipelineInvalid,
            "inventory \(path) belongs to \(owner), not to \(identity)",
            advice: "give this source its own `inventory:` or `name:`"
        )
    }

    /// Starts the numbers of changes at the microseconds since 1970. A new file in place of a deleted one then
    /// repeats none of its numbers, which loaded tables have.
    private static func startSequence(_ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO sqlite_sequence(name, seq) VALUES ('change', ?)",
            arguments: [Timestamp.now.microseconds]
        )
    }
}
