import GRDB

extension Inventory {
    /// Requests per second that Apple allowed this organization; nil if no run has found out.
    package var learnedRate: Double? {
        get throws {
            try pool.read { db in
                try Meta.learnedRate.get(db).flatMap { (0.000_1...10_000).contains($0) ? $0 : nil }
            }
        }
    }

    /// Stores the rate that a run found; nil deletes it.
    package func record(learnedRate: Double?) throws {
        try pool.write { db in
            guard let learnedRate else { return try Meta.learnedRate.clear(db) }
            try Meta.learnedRate.set(learnedRate, db)
        }
    }
}
