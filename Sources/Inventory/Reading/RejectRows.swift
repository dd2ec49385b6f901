import Records

/// Rows of the dataset `rejects`.
struct RejectRows: PlainRowSource {
    let schema: Schema
    private static let columns: [(sql: String, name: String)] = [
        ("run", "run_id"), ("dataset", "dataset"), ("serial", "serial_number"), (#""column""#, "column"),
        ("code", "code"), ("value", "value"), ("stage", "stage"),
    ]

    func query(after: DatasetReader.Position) -> (sql: String, values: [StatementValue]) {
        (
            "SELECT id, \(Self.columns.map(\.sql).joined(separator: ", ")) FROM reject WHERE id > ? ORDER BY id",
            [.integer(after.id)]
        )
    }

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        batch.appendRow()
        var message = ""
        for (position, column) in Self.columns.enumerated() {
            let position = Int32(position + 1)
            batch.set(schema.index(of: column.name), row.bytes(position))
            if column.name == "code" { message = row.text(position).flatMap(Reason.init(rawValue:))?.meaning ?? "" }
        }
        batch.set(schema.index(of: "message"), message)
        return DatasetReader.Position(id: row.integer(0) ?? 0)
    }
}
