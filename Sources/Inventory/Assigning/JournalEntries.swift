import GRDB
import Records

/// A device of the journal with its verdict.
package struct JournalEntry: Sendable, Hashable, Encodable {
    package let serialNumber: String
    package let rule: String?
    package let action: String
    package let from, to: String?
    package let verdict: AssignmentVerdict
    package let word: String?
    package let recordedAt: Timestamp

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(serialNumber, forKey: .serialNumber)
        try members.encodeIfPresent(rule, forKey: .rule)
        try members.encode(action, forKey: .action)
        try members.encodeIfPresent(from, forKey: .from)
        try members.encodeIfPresent(to, forKey: .to)
        try members.encode(verdict, forKey: .verdict)
        try members.encodeIfPresent(word, forKey: .word)
        try members.encode(recordedAt.description, forKey: .recordedAt)
    }

    private enum Key: String, CodingKey { case serialNumber, rule, action, from, to, verdict, word, recordedAt }
}

extension Inventory {
    /// The number of the latest row of the journal.
    package var lastJournalNumber: Int64 {
        get throws { try pool.read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM assign_item") ?? 0 } }
    }

    /// The rows after a number, and the latest row of each of these devices.
    package func verdicts(after number: Int64, andOf serials: [String] = []) throws -> [JournalEntry] {
        try pool.read { db in
            let marks = databaseQuestionMarks(count: serials.count)
            var arguments: StatementArguments = [number]
            arguments += StatementArguments(serials)
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT serial, rule, action, origin_name, target_name, verdict, word, recorded_at FROM assign_item
                    WHERE seq > ? OR seq IN (SELECT max(seq) FROM assign_item WHERE serial IN (\(marks)) GROUP BY serial)
                    ORDER BY seq
                    """,
                arguments: arguments
            ).map(JournalEntry.init)
        }
    }

    /// The services that devices have landed on since then: Apple's lists may not show it yet.
    package func servicesReached(since: Timestamp) throws -> [String: String] {
        try pool.read { db in
            var reached: [String: String] = [:]
            try db.cachedStatement(
                sql: """
                    SELECT serial, target FROM assign_item
                    WHERE target IS NOT NULL AND verdict = 'landed' AND recorded_at >= ? ORDER BY seq
                    """
            ).run([.integer(since.microseconds)]) { row in
                if let serial = row.text(0), let target = row.text(1) { reached[serial] = target }
            }
            return reached
        }
    }

    /// Devices that a plan has sent, with this verdict. Only a new plan may send them again.
    package func serials(of plan: String, as verdict: AssignmentVerdict) throws -> Set<String> {
        try pool.read { db in
            let sql = "SELECT serial FROM assign_item WHERE plan = ? AND verdict = ? AND activity IS NOT NULL"
            return Set(try String.fetchAll(db, sql: sql, arguments: [plan, verdict.rawValue]))
        }
    }

    /// The latest rows of the journal, newest first, without devices that were there already.
    package func journal(_ count: Int) throws -> [JournalEntry] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT serial, rule, action, origin_name, target_name, verdict, word, recorded_at FROM assign_item
                    WHERE verdict <> 'skipped' OR activity IS NOT NULL ORDER BY seq DESC LIMIT ?
                    """,
                arguments: [count]
            ).map(JournalEntry.init)
        }
    }
}

extension JournalEntry {
    fileprivate init(_ row: Row) {
        self.init(
            serialNumber: row[0],
            rule: row[1],
            action: row[2],
            from: row[3],
            to: row[4],
            verdict: AssignmentVerdict(rawValue: row[5]) ?? .unknown,
            word: row[6],
            recordedAt: Timestamp(stored: row[7])
        )
    }
}
