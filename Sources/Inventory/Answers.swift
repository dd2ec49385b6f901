import GRDB
import Records

extension Inventory {
    /// Stores answers. A failure keeps what was known before and says why it was not renewed.
    ///
    /// - Returns: how many answers differ from what was known.
    package func record(
        _ answers: [(id: Int64, answer: DeviceAnswer)],
        of facet: Facet,
        at now: Timestamp
    ) throws -> Int {
        try pool.writeWithoutTransaction { db in
            var writer = try AnswerWriter(db, facet, now: now)
            if answers.count == 1, try !writer.knows(answers[0].id) {
                // A first answer is one statement, which is a transaction of its own.
                try writer.record(answers[0].answer, of: answers[0].id)
                return writer.changed
            }
            try db.inTransaction(.immediate) {
                for (id, answer) in answers { try writer.record(answer, of: id) }
                if writer.renewed > 0 {
                    try db.cachedStatement(sql: "UPDATE refresh SET owed = max(0, owed - ?) WHERE facet = ?")
                        .execute(arguments: [writer.renewed, facet.rawValue])
                }
                return .commit
            }
            return writer.changed
        }
    }
}

private struct AnswerWriter {
    /// Answers that differ from what was known, and those that took the place of an older one.
    private(set) var changed = 0
    private(set) var renewed = 0
    private let facet: Facet
    private let now: Timestamp
    private let changes: ChangeLog
    private let find: Statement
    private let succeed: Statement
    private let fail: Statement

    init(_ db: Database, _ facet: Facet, now: Timestamp) throws {
        self.facet = facet
        self.now = now
        changes = try ChangeLog(db, now: now)
        find = try db.cachedStatement(sql: "SELECT answer FROM \(facet.table) WHERE id = ? AND answer IS NOT NULL")
        succeed = try db.cachedStatement(
            sql: """
                INSERT INTO \(facet.table)(id, answer, checked_at, due_at) VALUES (?, ?, ?, ?)
                ON CONFLICT(id) DO UPDATE SET answer = excluded.answer, checked_at = excluded.checked_at,
                  due_at = excluded.due_at, error = NULL, failed_at = NULL, failures = 0, is_stale = 0
                """
        )
        fail = try db.cachedStatement(
            sql: """
                INSERT INTO \(facet.table)(id, error, failed_at, failures) VALUES (?, ?, ?, 1)
                ON CONFLICT(id) DO UPDATE SET error = excluded.error, failed_at = excluded.failed_at,
                  failures = failures + 1, is_stale = 0
                """
        )
    }

    func knows(_ id: Int64) throws -> Bool { try String.fetchOne(find, arguments: [id]) != nil }

    mutating func record(_ answer: DeviceAnswer, of id: Int64) throws {
        switch answer {
        case .unknown(let reason): try fail.execute(arguments: [id, reason, now.microseconds])
        case .known(let json):
            let after = String(decoding: json, as: UTF8.self)
            let before = try String.fetchOne(find, arguments: [id])
            if before != after { changed += 1 }
            if let before {
                renewed += 1
                let (kind, column) = facet.change
                if before != after { try changes.log(id, kind, column: column, before: before, after: after) }
            }
            let due = facet == .coverage ? try CoverageDates.next(in: json, after: now) : nil
            try succeed.execute(arguments: [id, after, now.microseconds, due?.microseconds])
        }
    }
}
