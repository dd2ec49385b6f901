import GRDB
import Records

/// Which rows of a dataset somebody asks for.
package struct RowSelection: Sendable {
    /// Rows of devices that left the organization.
    package enum Removed: String, Sendable, CaseIterable {
        /// Loads get them marked as removed.
        case marked
        /// They are rows like all others.
        case include
        /// The only rows.
        case only
    }

    /// Only rows of these devices; nil for those of all.
    package var serials: [String]?
    package var removed = Removed.marked
    /// Whether loads count the values that were rejected in the rows that they get.
    package var countsRejects = false

    package init() {}

    /// For a query with the condition of ``condition``.
    var serialsJSON: StatementValue? {
        serials.map { serials in
            var json: [UInt8] = []
            for serial in serials {
                json.append(UInt8(ascii: json.isEmpty ? "[" : ","))
                JSONText.append(string: serial, to: &json)
            }
            return .text(String(decoding: json.isEmpty ? Array("[".utf8) : json, as: UTF8.self) + "]")
        }
    }

    static let condition = "device.serial IN (SELECT value FROM json_each(?))"
}

/// What an inventory knows of devices that somebody named.
package struct NamedDevices: Sendable, Hashable {
    package var present: Set<String> = []
    /// They left the organization.
    package var removed: Set<String> = []
}

extension Inventory {
    package func devices(named serials: [String]) throws -> NamedDevices {
        var selection = RowSelection()
        selection.serials = serials
        var found = NamedDevices()
        try pool.read { db in
            let query = "SELECT serial, removed_at IS NULL FROM device WHERE \(RowSelection.condition)"
            try db.cachedStatement(sql: query).run([selection.serialsJSON].compactMap(\.self)) { row in
                let serial = row.text(0) ?? ""
                if row.integer(1) == 1 { found.present.insert(serial) } else { found.removed.insert(serial) }
            }
        }
        return found
    }

    /// Present devices among these.
    package func keys(of serials: [String]) throws -> [DeviceKey] {
        try pool.read { db in
            var selection = RowSelection()
            selection.serials = serials
            var keys: [DeviceKey] = []
            let query =
                "SELECT id, serial FROM device WHERE removed_at IS NULL AND \(RowSelection.condition) ORDER BY id"
            try db.cachedStatement(sql: query).run([selection.serialsJSON].compactMap(\.self)) { row in
                keys.append(DeviceKey(id: row.integer(0) ?? 0, serial: row.text(1) ?? ""))
            }
            return keys
        }
    }
}
