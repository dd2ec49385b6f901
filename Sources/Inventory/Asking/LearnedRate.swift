import GRDB

extension Inventory {
    /// Requests a second that Apple was found to allow this organisation; nil when no run has found out.
    package var learnedRate: Double? {
        get throws {
            try pool.read { db in
                let rate = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'learned_rate'")
                return rate.flatMap(Double.init).flatMap { (0.000_1...10_000).contains($0) ? $0 : nil }
            }
        }
    }

    /// Keeps what a run has learned; nil forgets it.
    package func record(learnedRate: Double?) throws {
        try pool.write { db in
            guard let learnedRate else {
                try db.execute(sql: "DELETE FROM meta WHERE name = 'learned_rate'")
                return
            }
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
