import Records

/// Counts the rejected values of the rows that a load gets, and of the columns that it writes.
struct RejectTally {
    /// Rejected values that no row has claimed yet, by the row's key.
    private var open: [String: Int] = [:]
    private let key: Int?
    private let isWritten: (String) -> Bool

    /// - Parameter rows: the rows before the load chooses its columns.
    init(of load: LoadPlan, over rows: Schema) {
        key = load.dataset.schema.key.first.flatMap(rows.index(of:))
        isWritten = { column in load.output.index(of: column) != nil || rows.index(of: column) == nil }
    }

    mutating func note(_ rejects: [Reject]) {
        for reject in rejects where isWritten(reject.column) { open[reject.serialNumber ?? "", default: 0] += 1 }
    }

    /// - Parameter rows: nil if the load does not take them.
    /// - Returns: how many values were rejected in them.
    mutating func take(_ rows: Batch?) -> Int {
        guard let rows, let key, !open.isEmpty else { return 0 }
        return (0..<rows.count).reduce(0) { sum, row in
            sum + (rows.string(rows[key, row]).flatMap { open.removeValue(forKey: $0) } ?? 0)
        }
    }
}
