import Records

/// Rows of the dataset `rejects`.
struct RejectRows: PlainRowSource {
    let schema: Schema

    func query(after: DatasetReader.Position) -> (sql: String, values: [StatementValue]) {
        (
            "SELECT id, run, dataset, serial, \"column\", code, value, stage FROM reject WHERE id > ? ORDER BY id",
            [.integer(after.id)]
        )
    }

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        batch.appendRow()
        for (position, name) in ["run_id", "dataset", "serial_number", "column", "code", "value", "stage"].enumerated()
        {
            batch.set(schema.index(of: name), row.bytes(Int32(position + 1)))
        }
        let reason = row.text(5).flatMap(Reason.init(rawValue:))
        batch.set(schema.index(of: "message"), reason?.meaning ?? "")
        return DatasetReader.Position(id: row.integer(0) ?? 0)
    }
}
