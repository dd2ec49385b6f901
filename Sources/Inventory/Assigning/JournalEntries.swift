import GRDB
import Records

/// A device of the journal with its verdict.
package struct JournalEntry: Sendable, Hashable {
    package let serialNumber: String
    package let rule: String?
    package let action: String
    package let from, to: String?
    package let verdict: AssignmentVerdict
    package let word: String?
    package let recordedAt: Timestamp
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

    /// The latest rows of the journal, newest first.
    package func journal(_ count: Int) throws -> [JournalEntry] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT serial, rule, action, origin_name, target_name, verdict, word, recorded_at FROM assign_item
                    ORDER BY seq DESC LIMIT ?
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
