import GRDB
import Records

/// The order in which a load gets its rows.
package enum RowOrder: String, Sendable, CaseIterable {
    /// In the order in which the inventory first saw them: fastest, and the same every night.
    case firstSeen = "first_seen"
    /// By serial number: the same for two inventories of one organization.
    case serial
}

/// Reads one dataset, a batch at a time. Present devices come first. Devices that left follow in separate batches.
/// The run has locked the inventory, so rows do not change between batches.
package struct DatasetReader {
    private let inventory: Inventory
    private let order: RowOrder
    private let selection: RowSelection
    private var source: any RowSource
    private var phase: Phase? = .present
    private var after = Position()
    private var remaining: Int
    /// The length of text that the next batch probably needs.
    private var bytes = 0

    package var schema: Schema { source.schema }

    enum Phase: Equatable {
        case present, removed
        /// Devices whose removal a person accepted and that this load has not removed yet, in their last state.
        case accepted(load: String)
    }

    /// The key of the last row read.
    struct Position {
        var id = Int64.min
        /// Number of the row among the rows of its device.
        var part: Int64 = -1
        var text = ""
    }

    /// - Parameters:
    ///   - schema: the dataset's columns and those that stages add; nil for the dataset's only.
    ///   - load: the load whose accepted removals are read instead of the dataset.
    ///   - pipeline: the pipeline whose rejects are read; nil for those of all pipelines.
    ///   - selection: the rows that are read.
    package init(
        _ inventory: Inventory,
        _ dataset: Dataset,
        schema: Schema? = nil,
        order: RowOrder,
        limit: Int? = nil,
        acceptedFor load: String? = nil,
        rejectsOf pipeline: String? = nil,
        selection: RowSelection = RowSelection()
    ) {
        self.inventory = inventory
        self.order = order
        self.selection = selection
        if selection.removed == .only { phase = .removed }
        if let load { phase = .accepted(load: load) }
        remaining = limit ?? .max
        let schema = schema ?? dataset.schema
        source =
            switch dataset {
            case .devices: DeviceRows(schema: schema, of: selection)
            case .coverage: CoverageRows(schema: schema, of: selection)
            case .servers: ServerRows(schema: schema)
            case .changes: TableRows(schema: schema, table: Self.changes)
            case .rejects: RejectRows(schema: schema, of: pipeline)
            case .runs: TableRows(schema: schema, table: "run")
            case .assignmentsLog: TableRows(schema: schema, table: Self.assignments)
            }
    }

    private static let changes =
        "(SELECT change.*, serial AS serial_number FROM change JOIN device ON device.id = change.device)"

    private static let assignments = """
        (SELECT item.seq, recorded_at, item.plan, rule, serial AS serial_number, item.action, origin AS from_id, \
        origin_name AS from_name, item.target AS to_id, item.target_name AS to_name, activity.id AS activity_id, \
        activity.type AS activity_type, activity.status AS activity_status, sub_status AS activity_sub_status, \
        verdict, word, verdict_at, migration AS migration_status, (verdict_at - recorded_at) / 1e6 AS seconds, user, host, version \
        FROM assign_item AS item LEFT JOIN assign_activity AS activity ON activity.seq = item.activity)
        """

    /// The next rows, possibly none; nil at the end. A value that does not fit its column is reported and its cell
    /// stays empty.
    package mutating func next(rejects: inout [Reject]) throws -> Batch? {
        while let current = phase, remaining > 0 {
            let count = min(remaining, Batch.preferredCount)
            var batch = Batch(width: schema.fields.count, room: count, bytes: bytes)
            batch.isRemoved = current == .removed && selection.removed == .marked
            let (sql, values) = source.query(current, order: order, after: after)
            guard let sql else {
                phase = nil
                return nil
            }
            var found: [Reject] = []
            var last = after
            var rows = 0
            try inventory.pool.unsafeRead { db in
                try source.prepare(db)
                try db.cachedStatement(sql: "\(sql) LIMIT \(count)").run(values) { row in
                    rows += 1
                    last = try source.append(row, to: &batch, rejects: &found)
                }
            }
            rejects += found
            after = last
            // Transforms add text.
            bytes = batch.bytes.count * 3 / 2
            if rows > 0 {
                batch.trim()
                batch.keep(selection.serials, in: schema)
                remaining -= batch.count
                return batch
            }
            phase = current == .present ? .removed : nil
            after = Position()
        }
        return nil
    }
}

/// How the rows of one dataset are found and read.
protocol RowSource {
    var schema: Schema { get }
    /// A query of the rows after a position, without LIMIT; nil if the phase has no rows.
    func query(
        _ phase: DatasetReader.Phase,
        order: RowOrder,
        after: DatasetReader.Position
    ) -> (sql: String?, values: [StatementValue])
    /// Reads what all rows need. Called before each batch.
    mutating func prepare(_ db: Database) throws
    /// Adds a row and returns its position.
    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position
}

extension RowSource {
    mutating func prepare(_ db: Database) throws {}
}

/// Rows that have one phase and one order.
protocol PlainRowSource: RowSource {
    func query(after: DatasetReader.Position) -> (sql: String, values: [StatementValue])
}

extension PlainRowSource {
    func query(
        _ phase: DatasetReader.Phase,
        order: RowOrder,
        after: DatasetReader.Position
    ) -> (sql: String?, values: [StatementValue]) {
        guard phase == .present else { return (nil, []) }
        let (sql, values) = query(after: after)
        return (sql, values)
    }
}

extension Batch {
    /// Keeps the rows of these devices. The queries of devices have left out the others already.
    fileprivate mutating func keep(_ serials: [String]?, in schema: Schema) {
        guard let serials, schema.dataset != .devices, schema.dataset != .coverage,
            let column = schema.index(of: "serial_number")
        else { return }
        let wanted = Set(serials)
        select(rows: (0..<count).filter { row in string(self[column, row]).map(wanted.contains) ?? false })
    }

    /// Sets a text cell of the last row; null without the column or the text.
    mutating func set(_ column: Int?, _ text: UnsafeBufferPointer<UInt8>?) {
        if let column, let text { self[column, count - 1] = self.text(text) }
    }

    mutating func set(_ column: Int?, _ text: String) {
        if let column { self[column, count - 1] = self.text(text) }
    }

    mutating func set(_ column: Int?, timestamp: Int64?) {
        guard let column, let timestamp else { return }
        self[column, count - 1] = .timestamp(Timestamp(stored: timestamp).microseconds)
    }
}
