import GRDB
import Records

extension Inventory {
    /// The need to ask about a facet now. Changes nothing.
    package func refreshNeed(_ facet: Facet, maxAge seconds: Int64, at now: Timestamp) throws -> RefreshNeed {
        try pool.read { try Refresh($0, facet, maxAge: seconds, at: now).need }
    }

    /// The devices to ask about, the most urgent first, and their number without the limit.
    ///
    /// - Parameter serials: the devices that come into question; nil for all.
    package func deviceRequests(
        _ facet: Facet,
        maxAge seconds: Int64,
        at now: Timestamp,
        limit: Int,
        only serials: [String]? = nil
    ) throws -> (requests: [DeviceRequest], need: RefreshNeed) {
        try pool.write { db in
            if facet == .coverage { try CoverageDates.renew(db, at: now) }
            let refresh = try Refresh(db, facet, maxAge: seconds, at: now)
            try refresh.keepAccount(db)
            guard let serials else { return (try refresh.requests(db, limit: limit), refresh.need) }
            let wanted = Set(serials)
            let all = try refresh.requests(db, limit: refresh.need.total).filter { wanted.contains($0.serial) }
            let counts = Dictionary(grouping: all, by: \.reason).mapValues(\.count)
            return (Array(all.prefix(limit)), RefreshNeed(counts: counts))
        }
    }

    /// Marks all answers for refresh, however recent, and starts a new listing. Known data stays until then.
    package func forgetAges() throws {
        try pool.write { db in
            for facet in Facet.allCases { try db.execute(sql: "UPDATE \(facet.table) SET is_stale = 1") }
            try Meta.roundBeganAt.clear(db)
            try Self.forgetHeard(db)
        }
    }
}

/// The policy that decides what to ask again.
///
/// Old answers are owed: each second, a share of 1 / `max_age` of the known answers falls due. The inventory keeps
/// this account, and every renewed answer, for whatever reason, pays one back. So each night renews about the same
/// number, a later night makes up for a missed one, and after a kill the next run continues.
///
/// An answer with a time in the future has no known age: it is among the oldest answers, and a failure is tried
/// again. It adds nothing to the account, so a wrong clock does not cost a request for every device.
private struct Refresh {
    let need: RefreshNeed
    private let facet: Facet
    private let now: Timestamp
    /// Renewals that the account owes.
    private let owed: Double
    private let arguments: StatementArguments

    init(_ db: Database, _ facet: Facet, maxAge seconds: Int64, at now: Timestamp) throws {
        self.facet = facet
        self.now = now
        let maxAge = max(1, seconds) * 1_000_000
        arguments = ["now": now.microseconds, "age": maxAge]
        var counts: [AskReason: Int] = [:]
        var (overdue, known) = (0, 0)
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                WITH \(Self.standing(facet)) SELECT reason, count(*), coalesce(sum(checked_at <= :now - :age), 0), sum(is_known)
                FROM standing GROUP BY reason
                """,
            arguments: arguments
        )
        while let row = try cursor.next() {
            known += row[3]
            guard let reason = (row[0] as Int?).map({ AskReason.allCases[$0] }) else { continue }
            counts[reason] = row[1]
            if reason == .old { overdue = row[2] }
        }
        owed = try Self.owed(db, facet, of: known, maxAge: maxAge, at: now)
        let others = AskReason.allCases.dropFirst().dropLast().reduce(0) { $0 + (counts[$1] ?? 0) }
        let share = max(overdue, min(counts[.old] ?? 0, Int(owed) - others))
        counts[.old] = share > 0 ? share : nil
        need = RefreshNeed(counts: counts)
    }

    /// Every present device with the position of its reason in ``AskReason``; null if it needs no request.
    ///
    /// After one failure, the next run asks again; after two failures in a row, a run in the next night; then after
    /// two, four, eight nights.
    private static func standing(_ facet: Facet) -> String {
        """
        standing AS (
          SELECT device.id, serial, CASE WHEN checked_at <= :now THEN checked_at END AS checked_at,
            checked_at IS NOT NULL AS is_known,
            CASE
              WHEN facet.id IS NULL THEN 0
              WHEN error IS NOT NULL THEN
                CASE WHEN is_stale OR failures <= 1 OR failed_at > :now OR failed_at <= :now -
                  min(:age, ((86400 << min(failures - 2, 10)) - 21600) * 1000000) THEN 1 END
              WHEN is_stale THEN 2
              WHEN due_at <= :now THEN 3
              ELSE 4
            END AS reason
          FROM device LEFT JOIN \(facet.table) AS facet USING (id) WHERE removed_at IS NULL
        )
        """
    }

    private static func owed(
        _ db: Database,
        _ facet: Facet,
        of known: Int,
        maxAge: Int64,
        at now: Timestamp
    ) throws -> Double {
        let account = try Row.fetchOne(
            db,
            sql: "SELECT owed, counted_at FROM refresh WHERE facet = ?",
            arguments: [facet.rawValue]
        )
        guard let account else { return 0 }
        let passed = max(0, Double(now.microseconds) - Double(account["counted_at"] as Int64))
        return max(0, min(Double(known), account["owed"] + Double(known) * passed / Double(maxAge)))
    }

    func keepAccount(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO refresh(facet, owed, counted_at) VALUES (?, ?, ?)
                ON CONFLICT(facet) DO UPDATE SET owed = excluded.owed, counted_at = excluded.counted_at
                """,
            arguments: [facet.rawValue, owed, now.microseconds]
        )
    }

    func requests(_ db: Database, limit: Int) throws -> [DeviceRequest] {
        try Row.fetchAll(
            db,
            sql: """
                WITH \(Self.standing(facet)) SELECT id, serial, reason FROM standing WHERE reason IS NOT NULL
                ORDER BY reason, checked_at, id LIMIT :limit
                """,
            arguments: arguments + ["limit": min(limit, need.total)]
        ).map { DeviceRequest(id: $0[0], serial: $0[1], reason: AskReason.allCases[$0[2]]) }
    }
}
