import GRDB
import Records

/// An entry of the dataset `changes` about one device.
package struct RecordedChange: Sendable, Hashable {
    package let kind: String
    package let column: String?
    package let before, after: String?
    package let time: Timestamp
}

/// A device as it is now, and what was recorded of it since a moment.
package struct DeviceHistory: Sendable {
    package let serialNumber: String
    package let attributes: [UInt8]
    /// Nil if the organization has it.
    package let removedAt: Timestamp?
    /// The name of its service, or the ID of one without a name.
    package let service: String?
    /// Apple's answer; nil if there is none.
    package let coverage: [UInt8]?
    /// Oldest first.
    package let changes: [RecordedChange]
}

/// The devices of an inventory with what was recorded since a moment. The file is only read, never locked.
package struct DeviceHistories: Sendable {
    private let path: String
    private let since: Timestamp

    package init(at path: String, since: Timestamp) {
        self.path = path
        self.since = since
    }

    /// Visits every device of which something was recorded, and then every other one with an answer about coverage,
    /// whose dates may have passed: those that were there before and still are.
    ///
    /// - Parameter visit: gets the name of a service for its ID.
    package func visit(_ visit: (DeviceHistory, (String) -> String) throws -> Void) throws(Failure) {
        do {
            let database = try Inventory.readOnly(path)
            try Inventory.requireKnown(database, path: path)
            try database.read { db in
                guard try db.tableExists("coverage") else { return }
                try requireAnswers(db)
                let names = try serviceNames(db)
                let name = { (id: String) in names[id] ?? id }
                try visitChanged(db, name) { try visit($0, name) }
                try visitUnchanged(db, name) { try visit($0, name) }
            }
        } catch {
            throw Inventory.failure(of: error, path: path)
        }
    }

    private func requireAnswers(_ db: Database) throws {
        guard try !db.columns(in: "coverage").contains(where: { $0.name == "answer" }) else { return }
        throw Failure(
            .badData,
            "inventory \(path) was written by an older axport",
            advice: "the next `axport run` updates it"
        )
    }

    private func serviceNames(_ db: Database) throws -> [String: String] {
        var names: [String: String] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, name FROM server WHERE name IS NOT NULL") {
            names[row[0]] = row[1]
        }
        return names
    }

    private func visitChanged(_ db: Database, _ name: (String) -> String, _ visit: (DeviceHistory) throws -> Void)
        throws
    {
        let find = try db.cachedStatement(sql: "SELECT \(Self.deviceColumns) WHERE device.id = ?")
        var current: Int64?
        var changes: [RecordedChange] = []
        func end() throws {
            guard let current else { return }
            try find.run([.integer(current)]) { try visit(Self.history($0, changes, name)) }
            changes.removeAll(keepingCapacity: true)
        }
        try db.cachedStatement(
            sql: """
                SELECT device, kind, "column", before, after, changed_at FROM change WHERE changed_at >= ?
                ORDER BY device, seq
                """
        ).run([.integer(since.microseconds)]) { row in
            let device = row.integer(0)
            if device != current {
                try end()
                current = device
            }
            changes.append(
                RecordedChange(
                    kind: row.text(1) ?? "",
                    column: row.text(2),
                    before: row.text(3),
                    after: row.text(4),
                    time: Timestamp(stored: row.integer(5) ?? 0)
                )
            )
        }
        try end()
    }

    private func visitUnchanged(_ db: Database, _ name: (String) -> String, _ visit: (DeviceHistory) throws -> Void)
        throws
    {
        try db.cachedStatement(
            sql: """
                SELECT \(Self.deviceColumns)
                WHERE removed_at IS NULL AND first_seen_at < ?1 AND length(answer) > 2
                  AND device.id NOT IN (SELECT device FROM change WHERE changed_at >= ?1)
                """
        ).run([.integer(since.microseconds)]) { try visit(Self.history($0, [], name)) }
    }

    private static let deviceColumns = """
        serial, attributes, removed_at, assignment.server, answer
        FROM device LEFT JOIN assignment ON assignment.id = device.id LEFT JOIN coverage ON coverage.id = device.id
        """

    private static func history(_ row: StatementRow, _ changes: [RecordedChange], _ name: (String) -> String)
        -> DeviceHistory
    {
        DeviceHistory(
            serialNumber: row.text(0) ?? "",
            attributes: row.bytes(1).map(Array.init) ?? [],
            removedAt: row.integer(2).map(Timestamp.init(stored:)),
            service: row.text(3).map(name),
            coverage: row.bytes(4).map(Array.init),
            changes: changes
        )
    }
}

extension Inventory {
    /// The moment since which no change is missing: when the first listing began, or the age of the oldest change that
    /// was kept. Nil if nothing was ever listed.
    package static func changesKnownSince(at path: String) throws(Failure) -> Timestamp? {
        do {
            return try readOnly(path).read { db in
                guard try db.tableExists("device"), try db.tableExists("meta"),
                    let first = try Int64.fetchOne(db, sql: "SELECT min(first_seen_at) FROM device")
                else { return nil }
                let kept = try Meta<Timestamp>.changesKeptSince.get(db)
                return max(Timestamp(stored: first), kept ?? Timestamp(stored: first))
            }
        } catch {
            throw failure(of: error, path: path)
        }
    }
}
