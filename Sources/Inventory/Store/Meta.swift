import GRDB
import Records

/// A single value of an inventory, in its table `meta`.
struct Meta<Value: MetaValue>: Sendable {
    let name: String

    init(_ name: String) { self.name = name }

    /// Nil if the value is missing or unreadable.
    func get(_ db: Database) throws -> Value? {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
            .flatMap(Value.init(meta:))
    }

    func set(_ value: Value, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            arguments: [name, value.meta]
        )
    }

    func clear(_ db: Database) throws { try db.execute(sql: "DELETE FROM meta WHERE name = ?", arguments: [name]) }

    /// Whether a value exists whose name begins with this one.
    func beginsAny(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT 1 FROM meta WHERE substr(name, 1, length(?)) = ?", arguments: [name, name])
            != nil
    }
}

extension Meta<String> {
    /// The organization of an inventory.
    static var identity: Self { Self("identity") }
}

extension Meta<Double> {
    static var learnedRate: Self { Self("learned_rate") }
}

extension Meta<Int64> {
    /// Number of the latest round.
    static var round: Self { Self("round") }
    /// The complete listing of devices after which all lists of assigned devices were read.
    static var assignedAfterListing: Self { Self("assigned_after_listing") }
}

extension Meta<Timestamp> {
    /// When the open round began.
    static var roundBeganAt: Self { Self("round_began_at") }
    static var servedAt: Self { Self("served_at") }
    static var assignedAt: Self { Self("assigned_at") }
    static var latestEvent: Self { Self("latest_event") }
    /// Older changes were deleted.
    static var changesKeptSince: Self { Self("changes_kept_since") }
}

/// A value that the table `meta` can store as text.
protocol MetaValue: Sendable {
    init?(meta: String)
    var meta: String { get }
}

extension MetaValue where Self: LosslessStringConvertible {
    init?(meta: String) { self.init(meta) }
    var meta: String { description }
}

extension String: MetaValue {}
extension Double: MetaValue {}
extension Int: MetaValue {}
extension Int64: MetaValue {}

extension Timestamp: MetaValue {
    init?(meta: String) {
        guard let microseconds = Int64(meta) else { return nil }
        self.init(stored: microseconds)
    }

    var meta: String { String(microseconds) }
}
