import Records

/// Rows of the dataset `rejects`: those of their table, each with the meaning of its reason.
struct RejectRows: PlainRowSource {
    private var rows: TableRows
    private let code, message: Int?

    /// - Parameter pipeline: nil for the rejects of all pipelines.
    init(schema: Schema, of pipeline: String?) {
        rows = TableRows(
            schema: schema,
            table: Self.table(pipeline == nil ? "TRUE" : "+pipeline IN (?, '')"),
            values: pipeline.map { [.text($0)] } ?? []
        )
        code = schema.index(of: "code")
        message = schema.index(of: "message")
    }

    /// The sign before a column keeps SQLite from using its index: it would sort all rows for every batch.
    private static func table(_ condition: String) -> String {
        """
        (SELECT id AS seq, run AS run_id, dataset, nullif(serial, '') AS serial_number, "column", code, NULL AS message, \
        value, stage FROM reject WHERE \(condition))
        """
    }

    var schema: Schema { rows.schema }

    func query(after: DatasetReader.Position) -> (sql: String, values: [StatementValue]) { rows.query(after: after) }

    mutating func append(
        _ row: StatementRow,
        to batch: inout Batch,
        rejects: inout [Reject]
    ) throws -> DatasetReader.Position {
        let position = try rows.append(row, to: &batch, rejects: &rejects)
        let reason = code.flatMap { row.text(Int32($0 + 1)) }.flatMap(Reason.init(rawValue:))
        batch.set(message, reason?.meaning ?? "")
        return position
    }
}
