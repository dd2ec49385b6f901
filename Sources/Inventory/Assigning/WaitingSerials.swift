import GRDB
import Records

/// Serial numbers that rules name and the organization does not have yet.
extension Inventory {
    /// Stores which serial numbers wait for which rule. Those that no longer wait are forgotten.
    ///
    /// - Returns: since when each has waited.
    package func record(waiting: [String], for rule: String, at now: Timestamp) throws -> [String: Timestamp] {
        try pool.write { db in
            let insert = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO assign_waiting(rule, serial, since) VALUES (?, ?, ?)"
            )
            for serial in waiting { try insert.run([.text(rule), .text(serial), .integer(now.microseconds)]) }
            let kept = Set(waiting)
            var since: [String: Timestamp] = [:]
            var gone: [String] = []
            try db.cachedStatement(sql: "SELECT serial, since FROM assign_waiting WHERE rule = ?").run([.text(rule)]) {
                guard let serial = $0.text(0), let moment = $0.integer(1) else { return }
                if kept.contains(serial) { since[serial] = Timestamp(stored: moment) } else { gone.append(serial) }
            }
            let delete = try db.cachedStatement(sql: "DELETE FROM assign_waiting WHERE rule = ? AND serial = ?")
            for serial in gone { try delete.run([.text(rule), .text(serial)]) }
            return since
        }
    }
}

/// A serial number that a rule names and the organization does not have yet.
package struct WaitingSerial: Sendable, Hashable {
    package let serialNumber: String
    package let rule: String
    package let since: Timestamp
}

extension Inventory {
    /// Those that wait longest first.
    package var waitingSerials: [WaitingSerial] {
        get throws {
            try pool.read { db in
                try Row.fetchAll(db, sql: "SELECT serial, rule, since FROM assign_waiting ORDER BY since, rule, serial")
                    .map {
                        WaitingSerial(serialNumber: $0[0], rule: $0[1], since: Timestamp(stored: $0[2]))
                    }
            }
        }
    }
}
