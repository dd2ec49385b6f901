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
            if let open = try Self.openRound(db, at: now) { return open }
            try Self.set("round_began_at", now, db)
            return now
        }
    }

    /// The same; nil where none is open.
    package func openRound(at now: Timestamp) throws -> Timestamp? { try pool.read { try Self.openRound($0, at: now) } }

    private static func openRound(_ db: Database, at now: Timestamp) throws -> Timestamp? {
        guard let open = try moment("round_began_at", db), open <= now,
            now.microseconds - open.microseconds < roundLasts * 1_000_000
        else { return nil }
        return open
    }

    /// Everything that this run set out to do is done.
    package func endRound(at now: Timestamp) throws {
        try pool.write { db in
            try db.execute(sql: "DELETE FROM meta WHERE name = 'round_began_at'")
            try Self.set("served_at", now, db)
        }
    }

    /// When the latest run began that did all that it set out to do; nil where that is not known.
    package static func lastServed(at path: String) -> Timestamp? {
        guard exists(at: path) else { return nil }
        return try? readOnly(path).read { try moment("served_at", $0) }
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
