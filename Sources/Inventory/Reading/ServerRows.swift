import Records

/// Rows of the dataset `servers`.
struct ServerRows: PlainRowSource {
    let schema: Schema
    private let reader: AttributeReader
    private let serverID: Int?

    init(schema: Schema) {
        self.schema = schema
        reader = AttributeReader(schema: schema, stage: "servers")
        serverID = schema.index(of: "server_id")
    }

    func query(after: DatasetReader.Position) -> (sql: String, values: [StatementValue]) {
        ("SELECT id, attributes FROM server WHERE id > ? ORDER BY id", [.text(after.text)])
    }

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        let id = row.text(0) ?? ""
        batch.appendRow()
        if let attributes = row.bytes(1) {
            try reader.read(attributes, into: &batch, row: batch.count - 1, serialNumber: id, rejects: &rejects)
        }
        batch.set(serverID, row.bytes(0))
        return DatasetReader.Position(text: id)
    }
}
