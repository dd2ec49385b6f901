import Records

/// Rows of the dataset `coverage`: one per record, found inside the records of each device. Of two that share an id the
/// first is loaded; another one is rejected, unless it is the same once more.
struct CoverageRows: RowSource {
    let schema: Schema
    private let reader: AttributeReader
    private let serial, coverageID: Int?
    private var records = Records()

    init(schema: Schema) {
        self.schema = schema
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
        let devices = DeviceQuery(phase, order: order, after: after)
        let (key, device) = (devices.key, devices.position)
        // Devices along an index and each one's records as they stand in its list: with `record.key` in ORDER BY, or
        // another order of the tables, SQLite would sort all that is left for every batch.
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

    /// The records of the device at hand, by their ids.
    private struct Records {
        enum Earlier { case same, other }

        private var device: Int64?
        private var contents: [String: Int] = [:]

        /// The previous record with the same id; nil if there was none.
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
