import GRDB

extension Inventory {
    /// The pace that Apple was last seen to allow, in requests a second; nil before the first run.
    package var learnedRate: Double? {
        get throws {
            try pool.read { db in
                try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'learned_rate'").flatMap(Double.init)
            }
        }
    }

    package func record(learnedRate: Double?) throws {
        try pool.write { db in
            guard let learnedRate else { return try db.execute(sql: "DELETE FROM meta WHERE name = 'learned_rate'") }
            try db.execute(
                sql: """
                    INSERT INTO meta(name, value) VALUES ('learned_rate', ?)
                    ON CONFLICT(name) DO UPDATE SET value = excluded.value
                    """,
                arguments: [String(learnedRate)]
            )
        }
    }
}
