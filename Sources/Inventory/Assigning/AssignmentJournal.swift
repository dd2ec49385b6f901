import GRDB
import Records

extension Inventory {
    /// Records an activity before it is sent. What follows a crash is settled from here.
    package func intend(
        _ intent: ActivityIntent,
        _ items: [JournalItem],
        by author: JournalAuthor,
        at now: Timestamp
    ) throws -> Int64 {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO assign_activity(plan, action, type, target, target_name, deadline, intended_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    intent.plan, intent.action, intent.type, intent.target?.id, intent.target?.name,
                    intent.deadline?.microseconds, now.microseconds,
                ]
            )
            let number = db.lastInsertedRowID
            try Self.log(items, as: .unknown, nil, intent, number, by: author, at: now, db)
            return number
        }
    }

    /// Records devices that were not sent.
    package func record(
        _ items: [JournalItem],
        as verdict: AssignmentVerdict,
        word: String?,
        of intent: ActivityIntent,
        by author: JournalAuthor,
        at now: Timestamp
    ) throws {
        try pool.write { try Self.log(items, as: verdict, word, intent, nil, by: author, at: now, $0) }
    }

    private static func log(
        _ items: [JournalItem],
        as verdict: AssignmentVerdict,
        _ word: String?,
        _ intent: ActivityIntent,
        _ activity: Int64?,
        by author: JournalAuthor,
        at now: Timestamp,
        _ db: Database
    ) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO assign_item(activity, plan, action, serial, rule, origin, origin_name, target, target_name,
                  recorded_at, verdict, verdict_at, word, user, host, version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        for item in items {
            try insert.execute(arguments: [
                activity, intent.plan, intent.action, item.serialNumber, item.rule, item.origin?.id,
                item.origin?.name, intent.target?.id, intent.target?.name, now.microseconds, verdict.rawValue,
                activity == nil ? now.microseconds : nil, word, author.user, author.host, author.version,
            ])
        }
    }

    /// Takes an intent back that Apple has certainly not accepted: its devices were not sent, and may be.
    package func withdraw(_ number: Int64, word: String, at now: Timestamp) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    UPDATE assign_item SET verdict = 'skipped', verdict_at = ?, word = ?
                    WHERE activity = ? AND verdict = 'unknown'
                    """,
                arguments: [now.microseconds, word, number]
            )
            try db.execute(
                sql: "UPDATE assign_activity SET status = 'REFUSED', ended_at = ? WHERE seq = ?",
                arguments: [now.microseconds, number]
            )
        }
    }

    /// Apple's answer to an activity, and its later states.
    package func record(
        activity number: Int64,
        id: String?,
        status: String?,
        subStatus: String?,
        endedAt: Timestamp?
    ) throws {
        try pool.write {
            try $0.execute(
                sql: """
                    UPDATE assign_activity SET id = coalesce(?, id), status = coalesce(?, status),
                      sub_status = coalesce(?, sub_status), ended_at = coalesce(?, ended_at) WHERE seq = ?
                    """,
                arguments: [id, status, subStatus, endedAt?.microseconds, number]
            )
        }
    }

    /// Records the verdict of some devices of an activity. A verdict that was proved stays.
    package func settle(
        _ serials: [String: String?],
        of number: Int64,
        as verdict: AssignmentVerdict,
        at now: Timestamp
    )
        throws
    {
        try pool.write { db in
            let update = try db.cachedStatement(
                sql: """
                    UPDATE assign_item SET verdict = ?, verdict_at = ?, word = coalesce(?, word)
                    WHERE activity = ? AND serial = ? AND verdict = 'unknown'
                    """
            )
            for (serial, word) in serials {
                try update.execute(arguments: [verdict.rawValue, now.microseconds, word, number, serial])
            }
        }
    }

    /// Activities with devices whose verdict is `unknown`, oldest first.
    package var openActivities: [OpenActivity] {
        get throws {
            try pool.read { db in
                let items = try Row.fetchAll(
                    db,
                    sql: "SELECT activity, serial FROM assign_item WHERE verdict = 'unknown' ORDER BY seq"
                )
                let serials = Dictionary(grouping: items) { $0[0] as Int64 }.mapValues { $0.map { $0[1] as String } }
                return try serials.keys.sorted().compactMap { number in
                    try Row.fetchOne(
                        db,
                        sql: """
                            SELECT id, plan, action, type, target, target_name, deadline, intended_at, ended_at
                            FROM assign_activity WHERE seq = ?
                            """,
                        arguments: [number]
                    ).map { OpenActivity($0, number: number, serials: serials[number] ?? []) }
                }
            }
        }
    }

    /// The services that axport moved each device away from since then.
    package func servicesLeft(since: Timestamp) throws -> [String: Set<String>] {
        try pool.read { db in
            var left: [String: Set<String>] = [:]
            try db.cachedStatement(
                sql: """
                    SELECT serial, origin FROM assign_item
                    WHERE origin IS NOT NULL AND verdict IN ('landed', 'unknown') AND recorded_at >= ?
                    """
            ).run([.integer(since.microseconds)]) { row in
                if let serial = row.text(0), let origin = row.text(1) { left[serial, default: []].insert(origin) }
            }
            return left
        }
    }
}

extension OpenActivity {
    fileprivate init(_ row: Row, number: Int64, serials: [String]) {
        let target: String? = row[4]
        let deadline: Int64? = row[6]
        let endedAt: Int64? = row[8]
        self.init(
            number: number,
            id: row[0],
            intent: ActivityIntent(
                plan: row[1],
                action: row[2],
                type: row[3],
                target: target.map { Service(id: $0, name: row[5] ?? $0, type: "") },
                deadline: deadline.map(Timestamp.init(stored:))
            ),
            intendedAt: Timestamp(stored: row[7]),
            endedAt: endedAt.map(Timestamp.init(stored:)),
            serials: serials
        )
    }
}
