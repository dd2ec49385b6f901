import GRDB
import Records

/// A round is what a run sets out to do. One that was killed or failed leaves it open, and the next run goes on with
/// it: lists that it has read to their end are then not read again.
extension Inventory {
    /// Long enough for a first run that is stopped several times, short enough that the next night lists anew.
    private static let roundLasts: Int64 = 6 * 3600

    /// When the round began that a run which starts now belongs to; begins one where none is open.
    package func round(at now: Timestamp) throws -> Timestamp {
        try pool.write { db in
            if let open = try Self.moment("round_began_at", db), open <= now,
                now.microseconds - open.microseconds < Self.roundLasts * 1_000_000
            {
                return open
            }
            try Self.set("round_began_at", now, db)
            return now
        }
    }

    /// Everything that this run set out to do is done.
    package func endRound() throws {
        try pool.write { try $0.execute(sql: "DELETE FROM meta WHERE name = 'round_began_at'") }
    }

    static func moment(_ name: String, _ db: Database) throws -> Timestamp? {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
            .flatMap(Int64.init).map(Timestamp.init(microseconds:))
    }

    static func set(_ name: String, _ moment: Timestamp, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            arguments: [name, String(moment.microseconds)]
        )
    }
}
