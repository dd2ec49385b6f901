import GRDB
import Records

/// Rows of the dataset `devices`.
struct DeviceRows: RowSource {
    let schema: Schema
    private let selection: RowSelection
    private let reader: AttributeReader
    private let texts, times: [(from: DeviceColumn, to: Int)]
    private let lastSeen: Int?
    private let server, serverName, serverType: Int?
    private let state, error: Int?
    private let lockState, lockType: Int?
    private let member = JSONReader()
    private var listings: ListingTimes?
    private var servers: ServerEntries?

    init(schema: Schema, of selection: RowSelection) {
        self.schema = schema
        self.selection = selection
        let own = Set(Schema.devices.fields.map(\.name))
        var attributes = schema
        // Names such as server_name come from the server, not from the device's attributes.
        for index in attributes.fields.indices where !own.contains(attributes.fields[index].name) {
            attributes.fields[index] = attributes.fields[index].withoutPath
        }
        reader = AttributeReader(schema: attributes, stage: "devices")
        let columns = DeviceColumn.allCases
        texts = columns.compactMap { from in from.text.flatMap(schema.index(of:)).map { (from, $0) } }
        times = columns.compactMap { from in from.time.flatMap(schema.index(of:)).map { (from, $0) } }
        lastSeen = schema.index(of: "last_seen_at")
        server = schema.index(of: "server_id")
        serverName = schema.index(of: "server_name")
        serverType = schema.index(of: "server_type")
        state = schema.index(of: "coverage_state")
        error = schema.index(of: "coverage_error")
        lockState = schema.index(of: "activation_lock_state")
        lockType = schema.index(of: "activation_lock_type")
    }

    func query(
        _ phase: DatasetReader.Phase,
        order: RowOrder,
        after: DatasetReader.Position
    ) -> (sql: String?, values: [StatementValue]) {
        let devices = DeviceQuery(phase, of: selection, order: order, after: after)
        let isAccepted = devices.load != nil
        let (sql, assignment) = isAccepted ? (\DeviceColumn.sqlWhereAccepted, "accepted") : (\.sql, "assignment")
        let hasLock = lockState != nil
        let columns = DeviceColumn.allCases.filter { hasLock || !$0.isOfLock }.map { $0[keyPath: sql] }
        let lockJoin = hasLock ? "LEFT JOIN activation_lock AS lock ON lock.id = device.id" : ""
        return (
            """
            SELECT \(columns.joined(separator: ", "))
            FROM device LEFT JOIN seen ON seen.id = device.id
              LEFT JOIN \(assignment) AS assignment ON assignment.id = device.id
              LEFT JOIN coverage ON coverage.id = device.id \(lockJoin)
            WHERE \(devices.presence) AND \(devices.key) > ? ORDER BY \(devices.key)
            """,
            devices.values + [devices.position]
        )
    }

    mutating func prepare(_ db: Database) throws {
        if listings == nil, lastSeen != nil { listings = try ListingTimes(db) }
        let columns = [server, serverName, serverType].compactMap(\.self)
        if servers == nil, !columns.isEmpty { servers = try ServerEntries(db) }
    }

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        let serialNumber = row.text(.serial) ?? ""
        batch.appendRow()
        if let attributes = row.bytes(.attributes) {
            try reader.read(
                attributes,
                into: &batch,
                row: batch.count - 1,
                serialNumber: serialNumber,
                rejects: &rejects
            )
        }
        for column in texts { batch.set(column.to, row.bytes(column.from)) }
        for column in times { batch.set(column.to, timestamp: row.integer(column.from)) }
        if let listing = row.integer(.listing), let startedAt = listings?.start(of: listing) {
            batch.set(lastSeen, timestamp: max(startedAt, row.integer(.refreshed) ?? 0))
        }
        if let id = row.bytes(.server), let entry = servers?[id] {
            entry.id.withUnsafeBufferPointer { batch.set(server, $0) }
            entry.name?.withUnsafeBufferPointer { batch.set(serverName, $0) }
            entry.type?.withUnsafeBufferPointer { batch.set(serverType, $0) }
            for reject in entry.rejects { rejects.append(reject.of(serialNumber, in: schema)) }
        }
        if state != nil {
            let found = row.bytes(.coverage)
            batch.set(state, found.map { $0.count > 2 ? "covered" : "none" } ?? "unknown")
            if let reason = row.bytes(.coverageError) {
                batch.set(error, reason)
            } else if found == nil, row.integer(.removed) == nil {
                // Computed, so that devices that wait for their turn need no row; without a time, so that a load does
                // not rewrite it every night.
                batch.set(error, "not asked yet")
            }
        }
        if lockState != nil { try setLock(row, in: &batch) }
        return DatasetReader.Position(id: row.integer(.id) ?? 0, text: serialNumber)
    }

    /// If the last reading failed, the lock's state is unknown, whatever was known before: Apple returns an error if
    /// its API cannot express the state.
    private func setLock(_ row: StatementRow, in batch: inout Batch) throws {
        var isLocked: Bool?
        var type: String?
        if let answer = row.bytes(.lock), row.bytes(.lockError) == nil {
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
    }
}

extension Reject {
    /// The same value of another row.
    fileprivate func of(_ serialNumber: String, in schema: Schema) -> Reject {
        var own = self
        own.dataset = schema.name
        own.serialNumber = serialNumber
        return own
    }
}

extension Field {
    fileprivate var withoutPath: Field { Field(name, type, as: role, meaning) }
}
