import Records

/// Rows of the dataset `devices`.
struct DeviceRows: RowSource {
    let schema: Schema
    private let reader: AttributeReader
    private let serial, firstSeen, lastSeen, removed: Int?
    private let server, serverName, serverType: Int?
    private let state, checked, error, records: Int?
    private let lockState, lockType, lockChecked: Int?
    private let member = JSONReader()
    /// What was rejected of a service's name and type, by its id: each of its devices lacks them.
    private var rejectsByServer: [[UInt8]: [Reject]] = [:]

    init(schema: Schema) {
        self.schema = schema
        let own = Set(Schema.devices.fields.map(\.name))
        var attributes = schema
        // Names such as server_name are read from the server, not from the device's attributes.
        for index in attributes.fields.indices where !own.contains(attributes.fields[index].name) {
            attributes.fields[index] = attributes.fields[index].withoutPath
        }
        reader = AttributeReader(schema: attributes, stage: "devices")
        serial = schema.index(of: "serial_number")
        firstSeen = schema.index(of: "first_seen_at")
        lastSeen = schema.index(of: "last_seen_at")
        removed = schema.index(of: "removed_at")
        server = schema.index(of: "server_id")
        serverName = schema.index(of: "server_name")
        serverType = schema.index(of: "server_type")
        state = schema.index(of: "coverage_state")
        checked = schema.index(of: "coverage_checked_at")
        error = schema.index(of: "coverage_error")
        records = schema.index(of: "coverage_records")
        lockState = schema.index(of: "activation_lock_state")
        lockType = schema.index(of: "activation_lock_type")
        lockChecked = schema.index(of: "activation_lock_checked_at")
    }

    func query(
        _ phase: DatasetReader.Phase,
        order: RowOrder,
        after: DatasetReader.Position
    ) -> (sql: String?, values: [StatementValue]) {
        var presence = phase == .present ? "device.removed_at IS NULL" : "device.removed_at IS NOT NULL"
        var (attributes, removedAt, assignment, values) = (
            "device.attributes", "removed_at", "assignment", [StatementValue]()
        )
        if case .accepted(let load) = phase {
            presence += " AND \(Self.isOwed)"
            (attributes, removedAt, assignment, values) = ("assignment.attributes", "NULL", "accepted", [.text(load)])
        }
        let (key, position): (String, StatementValue) =
            order == .serial ? ("serial", .text(after.text)) : ("device.id", .integer(after.id))
        let hasLock = lockState != nil
        let lockColumns = hasLock ? ", lock.answer, lock.checked_at, lock.error" : ""
        let lockJoin = hasLock ? "LEFT JOIN activation_lock AS lock ON lock.id = device.id" : ""
        return (
            """
            SELECT device.id, serial, \(attributes), first_seen_at,
              max(listing.started_at, coalesce(refreshed_at, 0)), \(removedAt),
              server.id, server.name, server.type, coverage.answer, coverage.checked_at, coverage.error,
              CASE WHEN server.name IS NULL OR server.type IS NULL THEN server.attributes END\(lockColumns)
            FROM device LEFT JOIN seen ON seen.id = device.id LEFT JOIN listing ON listing.id = seen.listing
              LEFT JOIN \(assignment) AS assignment ON assignment.id = device.id
              LEFT JOIN server ON server.id = assignment.server
              LEFT JOIN coverage ON coverage.id = device.id \(lockJoin)
            WHERE \(presence) AND \(key) > ? ORDER BY \(key)
            """,
            values + [position]
        )
    }

    /// Whether a device's removal was accepted and is owed to a load.
    static let isOwed = """
        device.id IN (SELECT accepted.id FROM accepted JOIN owed USING (acceptance) WHERE owed.load = ?)
        """

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        let serialNumber = row.text(1) ?? ""
        batch.appendRow()
        if let attributes = row.bytes(2) {
            try reader.read(
                attributes,
                into: &batch,
                row: batch.count - 1,
                serialNumber: serialNumber,
                rejects: &rejects
            )
        }
        batch.set(serial, row.bytes(1))
        batch.set(firstSeen, timestamp: row.integer(3))
        batch.set(lastSeen, timestamp: row.integer(4))
        batch.set(removed, timestamp: row.integer(5))
        batch.set(server, row.bytes(6))
        batch.set(serverName, row.bytes(7))
        batch.set(serverType, row.bytes(8))
        if server != nil, let id = row.bytes(6), let attributes = row.bytes(12) {
            rejects += try serverRejects(of: Array(id), attributes, serialNumber: serialNumber)
        }
        if state != nil {
            let found = row.bytes(9)
            batch.set(records, found)
            batch.set(state, found.map { $0.count > 2 ? "covered" : "none" } ?? "unknown")
            batch.set(checked, timestamp: row.integer(10))
            if let reason = row.bytes(11) {
                batch.set(error, reason)
            } else if found == nil, row.integer(5) == nil {
                // Computed, so that a fleet that waits for its turn need not be written; without a time, so that a
                // load does not write it anew every night.
                batch.set(error, "not asked yet")
            }
        }
        if lockState != nil { try setLock(row, in: &batch) }
        return DatasetReader.Position(id: row.integer(0) ?? 0, text: serialNumber)
    }

    private mutating func serverRejects(
        of server: [UInt8],
        _ attributes: UnsafeBufferPointer<UInt8>,
        serialNumber: String
    ) throws -> [Reject] {
        if rejectsByServer[server] == nil {
            var batch = Batch(width: Schema.servers.fields.count)
            batch.appendRow()
            var found: [Reject] = []
            try AttributeReader(schema: .servers, stage: "assignments")
                .read(attributes, into: &batch, row: 0, serialNumber: "", rejects: &found)
            rejectsByServer[server] = found.filter { ["server_name", "server_type"].contains($0.column) }
        }
        return (rejectsByServer[server] ?? []).map { reject in
            var own = reject
            own.dataset = schema.name
            own.serialNumber = serialNumber
            return own
        }
    }

    /// A lock whose last reading failed is unknown, whatever was known before: Apple answers with an error where its
    /// API cannot express the state.
    private func setLock(_ row: StatementRow, in batch: inout Batch) throws {
        var isLocked: Bool?
        var type: String?
        if let answer = row.bytes(13), row.bytes(15) == nil {
            try member.members(answer) { attribute in
                switch (attribute.name, attribute.kind) {
                case ("isLocked", .boolean(let flag)): isLocked = flag
                case ("lockType", .string) where attribute.text.isWholeText: type = attribute.string.lowercased()
                default: break
                }
            }
        }
        batch.set(lockState, isLocked.map { $0 ? "locked" : "unlocked" } ?? "unknown")
        if isLocked != nil, let type { batch.set(lockType, type) }
        batch.set(lockChecked, timestamp: row.integer(14))
    }
}

extension Field {
    fileprivate var withoutPath: Field { Field(name, type, as: role, meaning) }
}
