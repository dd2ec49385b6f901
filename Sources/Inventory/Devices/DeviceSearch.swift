import GRDB
import Records

/// The answer to the question which device of an inventory somebody means.
package enum DeviceSearch: Sendable, Hashable {
    /// Its serial number, as Apple writes it.
    case found(String)
    /// Serial numbers that have a part in common with what was asked for, and devices that have it as another
    /// identifier, such as an IMEI.
    case unknown(similar: [String], holders: [String])
}

extension Inventory {
    /// Finds a device by its serial number, even while a run uses the inventory. Blanks and case do not matter.
    package static func search(_ text: String, at path: String) throws -> DeviceSearch {
        let wanted = text.filter { !$0.isWhitespace }.uppercased()
        do {
            return try readOnly(path).read { db in
                try requireDevices(db, path: path)
                if let serial = try serial(of: wanted, written: text, db) { return .found(serial) }
                return .unknown(similar: try similar(to: wanted, db), holders: try holders(of: wanted, db))
            }
        } catch {
            throw failure(of: error, path: path)
        }
    }

    private static func requireDevices(_ db: Database, path: String) throws {
        guard try db.tableExists("device"), try db.tableExists("meta") else { throw damaged(path, "it has no devices") }
    }

    private static func serial(of wanted: String, written text: String, _ db: Database) throws -> String? {
        let exact = "SELECT serial FROM device WHERE serial IN (?, ?) ORDER BY serial = ? DESC"
        if let serial = try String.fetchOne(db, sql: exact, arguments: [text, wanted, text]) { return serial }
        let alike = "SELECT serial FROM device WHERE upper(replace(serial, ' ', '')) = ?"
        return try String.fetchOne(db, sql: alike, arguments: [wanted])
    }

    /// One or two slips leave one of three parts as it is.
    private static func similar(to wanted: String, _ db: Database) throws -> [String] {
        let length = wanted.count / 3
        guard length > 0 else { return [] }
        let parts = [0, length, wanted.count - length].map { String(wanted.dropFirst($0).prefix(length)) }
        let condition = parts.map { _ in "instr(serial, ?)" }.joined(separator: " OR ")
        return try String.fetchAll(
            db,
            sql: "SELECT serial FROM device WHERE \(condition) LIMIT 20000",
            arguments: StatementArguments(parts)
        )
    }

    private static func holders(of wanted: String, _ db: Database) throws -> [String] {
        guard wanted.count >= shortestIdentifier else { return [] }
        return try String.fetchAll(
            db,
            sql: "SELECT serial FROM device WHERE instr(upper(attributes), ?) ORDER BY id LIMIT 3",
            arguments: [wanted]
        )
    }

    /// Shorter texts are part of too many values.
    private static let shortestIdentifier = 8
}
