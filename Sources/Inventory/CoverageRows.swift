import Records

/// Rows of the dataset `coverage`: one per record, found inside the records of each device.
struct CoverageRows: RowSource {
    let schema: Schema
    private let reader: AttributeReader
    private let serial, coverageID: Int?

    init(schema: Schema) {
        self.schema = schema
        reader = AttributeReader(schema: schema, stage: "coverage")
        serial = schema.index(of: "serial_number")
        coverageID = schema.index(of: "coverage_id")
    }

    /// A position is a device's id times 1,000 plus the record's number, so that a batch may end between two records.
    func query(
        _ phase: DatasetReader.Phase,
        order: RowOrder,
        after: DatasetReader.Position
    ) -> (sql: String?, values: [StatementValue]) {
        let presence = phase == .present ? "removed_at IS NULL" : "removed_at IS NOT NULL"
        // Devices along an index and each one's records as they stand in its list: with `record.key` in ORDER BY, or
        // another order of the tables, SQLite would sort all that is left for every batch.
        let rows = "FROM device CROSS JOIN coverage USING (id) CROSS JOIN json_each(answer) AS record"
        let record = "record.value ->> 'id', json_extract(record.value, '$.attributes')"
        guard order == .serial else {
            return (
                """
                SELECT device.id * 1000 + record.key, serial, \(record) \(rows)
                WHERE \(presence) AND device.id >= ? AND device.id * 1000 + record.key > ? ORDER BY device.id
                """,
                [.integer(max(0, after.id / 1000)), .integer(after.id)]
            )
        }
        return (
            """
            SELECT record.key, serial, \(record) \(rows)
            WHERE \(presence) AND serial >= ? AND (serial > ? OR record.key > ?) ORDER BY serial
            """,
            [.text(after.text), .text(after.text), .integer(after.id)]
        )
    }

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        let serialNumber = row.text(1) ?? ""
        batch.appendRow()
        if let attributes = row.bytes(3) {
            try reader.read(
                attributes,
                into: &batch,
                row: batch.count - 1,
                serialNumber: serialNumber,
                rejects: &rejects
            )
        }
        batch.set(serial, row.bytes(1))
        batch.set(coverageID, row.bytes(2))
        return DatasetReader.Position(id: row.integer(0) ?? 0, text: serialNumber)
    }
}
