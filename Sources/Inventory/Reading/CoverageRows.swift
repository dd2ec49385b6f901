import Records

/// Rows of the dataset `coverage`: one per record in the answer of each device. If two records share an id, the first
/// is loaded and the other is rejected, unless both are equal.
struct CoverageRows: RowSource {
    let schema: Schema
    private let selection: RowSelection
    private let reader: AttributeReader
    private let serial, coverageID: Int?
    private var records = Records()

    init(schema: Schema, of selection: RowSelection) {
        self.schema = schema
        self.selection = selection
        reader = AttributeReader(schema: schema, stage: "coverage")
        serial = schema.index(of: "serial_number")
        coverageID = schema.index(of: "coverage_id")
    }

    /// A position is a device's id and the record's number, so that a batch may end between two records.
    func query(
        _ phase: DatasetReader.Phase,
        order: RowOrder,
        after: DatasetReader.Position
    ) -> (sql: String?, values: [StatementValue]) {
        let devices = DeviceQuery(phase, of: selection, order: order, after: after)
        let (key, device) = (devices.key, devices.position)
        // Reads devices along an index, and each device's records in the order of its list. With `record.key` in
        // ORDER BY, or the tables in another order, SQLite would sort all remaining rows for every batch.
        return (
            """
            SELECT device.id, record.key, serial, record.value ->> 'id', json_extract(record.value, '$.attributes')
            FROM device CROSS JOIN coverage USING (id) CROSS JOIN json_each(answer) AS record
            WHERE \(devices.presence) AND \(key) >= ? AND (\(key) > ? OR record.key > ?) ORDER BY \(key)
            """,
            devices.values + [device, device, .integer(after.part)]
        )
    }

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        let position = DatasetReader.Position(
            id: row.integer(0) ?? 0,
            part: row.integer(1) ?? 0,
            text: row.text(2) ?? ""
        )
        if let id = row.text(3), let earlier = records.note(id, row.bytes(4), of: position.id) {
            if earlier == .other {
                rejects.append(
                    Reject(
                        dataset: schema.name,
                        serialNumber: position.text,
                        column: "coverage_id",
                        reason: .repeatedKey,
                        value: "\(id): \(row.text(4) ?? "")",
                        stage: "coverage"
                    )
                )
            }
            return position
        }
        batch.appendRow()
        if let attributes = row.bytes(4) {
            try reader.read(
                attributes,
                into: &batch,
                row: batch.count - 1,
                serialNumber: position.text,
                rejects: &rejects
            )
        }
        batch.set(serial, row.bytes(2))
        batch.set(coverageID, row.bytes(3))
        return position
    }

    /// The records of the current device, by id.
    private struct Records {
        enum Earlier { case same, other }

        private var device: Int64?
        private var contents: [String: Int] = [:]

        /// Compares a record with the first one of the same id; nil if it is the first.
        mutating func note(_ id: String, _ attributes: UnsafeBufferPointer<UInt8>?, of device: Int64) -> Earlier? {
            if self.device != device {
                self.device = device
                contents.removeAll(keepingCapacity: true)
            }
            var hasher = Hasher()
            hasher.combine(bytes: UnsafeRawBufferPointer(attributes ?? UnsafeBufferPointer(start: nil, count: 0)))
            let content = hasher.finalize()
            guard let earlier = contents[id] else {
                contents[id] = content
                return nil
            }
            return earlier == content ? .same : .other
        }
    }
}
