import Records

/// Collects the values that one stage rejects.
struct Quarantine {
    let stage: String
    private let dataset: String
    private let serialNumber: Int?

    init(stage: String, input: Schema) {
        self.stage = stage
        dataset = input.name
        serialNumber = input.index(of: "serial_number")
    }

    func reject(
        _ value: String,
        _ reason: Reason,
        column: String,
        row: Int,
        of batch: Batch
    ) -> Reject {
        Reject(
            dataset: dataset,
            serialNumber: serialNumber(of: row, in: batch),
            column: column,
            reason: reason,
            value: value,
            stage: stage
        )
    }

    func serialNumber(of row: Int, in batch: Batch) -> String? {
        serialNumber.flatMap { batch.string(batch[$0, row]) }
    }
}
