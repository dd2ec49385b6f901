import Records

/// Rows of a table with the dataset's columns, by an always increasing sequence number.
struct TableRows: PlainRowSource {
    let schema: Schema
    /// The table, or a query in parentheses.
    let table: String
    /// One for each parameter of the query.
    var values: [StatementValue] = []

    func query(after: DatasetReader.Position) -> (sql: String, values: [StatementValue]) {
        let columns = schema.fields.map { "\"\($0.name)\"" }.joined(separator: ", ")
        return ("SELECT seq, \(columns) FROM \(table) WHERE seq > ? ORDER BY seq", values + [.integer(after.id)])
    }

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        batch.appendRow()
        let last = batch.count - 1
        for (column, field) in schema.fields.enumerated() {
            let position = Int32(column + 1)
            switch field.type {
            case .integer: batch[column, last] = row.integer(position).map(Cell.integer) ?? .null
            case .real: batch[column, last] = row.real(position).map(Cell.real) ?? .null
            case .timestamp: batch.set(column, timestamp: row.integer(position))
            default: batch.set(column, row.bytes(position))
            }
        }
        return DatasetReader.Position(id: row.integer(0) ?? 0)
    }
}
