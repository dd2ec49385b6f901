import GRDB
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Inventory {
    /// Copies what an inventory knows of one device into an inventory of its own, even while a run uses the large one.
    /// Everything that reads an inventory can then be asked about this device. The file stays unchanged.
    ///
    /// - Parameter identity: the organization that the inventory must be of; nil for any.
    package static func withDevice<Result>(
        _ serial: String,
        of path: String,
        identity: String? = nil,
        _ body: (Inventory) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.path + "/axport-device-\(UUID().uuidString)"
        try makeFolder(of: "\(folder)/device.sqlite")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let inventory = try extract(serial, of: path, identity: identity, folder: folder)
            defer { inventory.close() }
            return try await body(inventory)
        } catch let error as DatabaseError {
            throw failure(error, path: path)
        }
    }

    private static func extract(_ serial: String, of path: String, identity: String?, folder: String) throws
        -> Inventory
    {
        let whole = try current(path, folder: folder)
        guard let owner = try whole.read(Meta.identity.get) else { throw damaged(path, "it names no organization") }
        if let identity, owner != identity { throw ofAnother(owner, path: path, identity: identity) }
        let inventory = try Inventory(path: "\(folder)/device.sqlite", identity: owner)
        try whole.read { original in
            try inventory.pool.write { try copy(serial, from: original, to: $0) }
        }
        return inventory
    }

    /// The inventory, or a copy of it in today's layout if it has an older one.
    private static func current(_ path: String, folder: String) throws -> DatabaseQueue {
        let source = try readOnly(path)
        try requireKnown(source, path: path)
        if try source.read(migrator.hasCompletedMigrations) { return source }
        let copy = "\(folder)/whole.sqlite"
        try claimFiles(try FilePlace(copy))
        let whole = try DatabaseQueue(path: copy)
        try source.backup(to: whole)
        try migrator.migrate(whole)
        return whole
    }

    /// The tables, each with what its rows are selected by.
    private static let parts: [(tables: [String], condition: String)] = [
        (["meta", "listing", "server", "refusal", "owed", "refresh"], "TRUE"),
        (["device"], "serial = :serial"),
        (
            ["seen", "assignment", "coverage", "activation_lock", "refused", "accepted", "assignment_due"],
            "id = (SELECT id FROM device WHERE serial = :serial)"
        ),
        (["change"], "device = (SELECT id FROM device WHERE serial = :serial)"),
        (["reject", "unreadable", "device_event", "assign_waiting", "assign_item"], "serial = :serial"),
        (["assign_activity"], "seq IN (SELECT activity FROM assign_item WHERE serial = :serial)"),
    ]

    private static func copy(_ serial: String, from original: Database, to copy: Database) throws {
        for part in parts {
            for table in part.tables {
                let cursor = try Row.fetchCursor(
                    original,
                    sql: "SELECT * FROM \(table) WHERE \(part.condition)",
                    arguments: part.condition == "TRUE" ? [] : ["serial": serial]
                )
                while let row = try cursor.next() {
                    let marks = databaseQuestionMarks(count: row.count)
                    try copy.execute(
                        sql: "INSERT OR REPLACE INTO \(table) VALUES (\(marks))",
                        arguments: StatementArguments(Array(row.databaseValues))
                    )
                }
            }
        }
    }
}
