import GRDB
import Records

extension Inventory {
    /// Stores answers. A failure keeps the previous answer and records the reason.
    ///
    /// - Returns: how many answers differ from the previous ones.
    package func record(
        _ answers: [(id: Int64, answer: DeviceAnswer)],
        of facet: Facet,
        at now: Timestamp
    ) throws -> Int {
        let answers = try answers.map { try NewAnswer(id: $0.id, $0.answer, of: facet, at: now) }
        return try pool.writeWithoutTransaction { db in
            var writer = try AnswerWriter(db, facet, now: now)
            // A single statement is its own transaction.
            if answers.count == 1, try writer.add(answers[0]) { return writer.changed }
            try db.inTransaction(.immediate) {
                for answer in answers where try !writer.add(answer) { try writer.replace(by: answer) }
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

extension DeviceAnswer {
    /// The known part of the answer; nil if nothing is known.
    fileprivate var json: [UInt8]? {
        switch self {
        case .known(let json), .incomplete(let json, _): json
        case .unknown: nil
        }
    }
}

private struct NewAnswer {
    let id: Int64
    let answer: DeviceAnswer
    /// In microseconds since 1970, UTC; nil if it has no expiration date.
    let due: Int64?

    init(id: Int64, _ answer: DeviceAnswer, of facet: Facet, at now: Timestamp) throws {
        self.id = id
        self.answer = answer
        due =
            if let json = answer.json, facet == .coverage {
                try CoverageDates.next(in: json, after: now)?.microseconds
            } else { nil }
    }
}

private struct AnswerWriter {
    /// Answers that differ from the previous ones, and those that replaced a previous one.
    private(set) var changed = 0
    private(set) var renewed = 0
    /// Whether there are unreadable elements to delete once a complete answer arrives.
    private var hasUnreadable: Bool
    private let facet: Facet
    private let now: Timestamp
    private let changes: ChangeLog
    private let insert: Statement
    private let find: Statement
    private let update: Statement
    private let fail: Statement
    private let db: Database

    init(_ db: Database, _ facet: Facet, now: Timestamp) throws {
        self.db = db
        self.facet = facet
        self.now = now
        hasUnreadable = try Inventory.hasUnreadable(.rows(.coverage), db)
        changes = try ChangeLog(db, now: now)
        insert = try db.cachedStatement(
            sql: """
                INSERT INTO \(facet.table)(id, answer, checked_at, due_at) VALUES (?, ?, ?, ?) ON CONFLICT(id) DO NOTHING
                """
        )
        find = try db.cachedStatement(sql: "SELECT answer FROM \(facet.table) WHERE id = ?")
        update = try db.cachedStatement(
            sql: """
                UPDATE \(facet.table) SET answer = ?, checked_at = ?, due_at = ?, error = NULL, failed_at = NULL,
                  failures = 0, is_stale = 0 WHERE id = ?
                """
        )
        fail = try db.cachedStatement(
            sql: """
                INSERT INTO \(facet.table)(id, error, failed_at, failures) VALUES (?, ?, ?, 1)
                ON CONFLICT(id) DO UPDATE SET error = excluded.error, failed_at = excluded.failed_at,
                  failures = max(0, min(failures, 1000)) + 1, is_stale = 0
                """
        )
    }

    /// Stores the first answer for a device. Returns false if one exists, or if the new one is not a complete answer.
    mutating func add(_ new: NewAnswer) throws -> Bool {
        guard case .known(let json) = new.answer else { return false }
        try insert.run([.integer(new.id), .text(json), .integer(now.microseconds), .integer(new.due)])
        guard db.changesCount > 0 else { return false }
        changed += 1
        return true
    }

    mutating func replace(by new: NewAnswer) throws {
        switch new.answer {
        case .unknown(let reason): try fail(new, reason)
        case .known(let json): try replace(new, by: json)
        case .incomplete(let json, let unreadable):
            let causes = Set(unreadable.map(\.cause)).sorted().joined(separator: ", ")
            try fail(new, "Apple's list has \(counted(unreadable.count, "element")) that cannot be read: \(causes)")
            if json != Array("[]".utf8) { try replace(new, by: json, keepingError: true) }
        }
        try keepUnreadable(of: new)
    }

    private func fail(_ new: NewAnswer, _ reason: String) throws {
        try fail.run([.integer(new.id), .text(reason), .integer(now.microseconds)])
    }

    private mutating func replace(_ new: NewAnswer, by json: [UInt8], keepingError: Bool = false) throws {
        var before: [UInt8]?
        try find.run([.integer(new.id)]) { row in before = row.bytes(0).map(Array.init) }
        if before != json { changed += 1 }
        if let before {
            renewed += 1
            if before != json { try log(new.id, before: before, after: json) }
        }
        let statement = keepingError ? try amendment : update
        try statement.run([.text(json), .integer(now.microseconds), .integer(new.due), .integer(new.id)])
    }

    private var amendment: Statement {
        get throws {
            try db.cachedStatement(
                sql: "UPDATE \(facet.table) SET answer = ?, checked_at = ?, due_at = ? WHERE id = ?"
            )
        }
    }

    private mutating func keepUnreadable(of new: NewAnswer) throws {
        var unreadable: [UnreadableElement] = []
        if case .unknown = new.answer { return }
        if case .incomplete(_, let elements) = new.answer { unreadable = elements }
        guard facet == .coverage, hasUnreadable || !unreadable.isEmpty else { return }
        hasUnreadable = true
        let serial = try String.fetchOne(db, sql: "SELECT serial FROM device WHERE id = ?", arguments: [new.id])
        try Inventory.replace(unreadable, of: .rows(.coverage), serial: serial, db)
    }

    private func log(_ id: Int64, before: [UInt8], after: [UInt8]) throws {
        try changes.log(
            id,
            .answered(facet),
            column: facet.column,
            before: String(decoding: before, as: UTF8.self),
            after: String(decoding: after, as: UTF8.self)
        )
    }
}
