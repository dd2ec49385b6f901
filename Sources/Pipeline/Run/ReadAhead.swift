import Inventory
import Records
import Stages

/// The rows of a dataset. They are read on a task of their own, so that the next batch can be read while stages work on
/// the last one.
actor ReadAhead {
    struct Rows: Sendable {
        var batch: Batch
        /// Values that did not fit their column.
        let rejects: [Reject]
    }

    nonisolated let schema: Schema
    private var reader: DatasetReader

    init(_ reader: sending DatasetReader) {
        schema = reader.schema
        self.reader = reader
    }

    /// The next rows; nil at the end.
    func next() throws -> Rows? {
        var rejects: [Reject] = []
        return try reader.next(rejects: &rejects).map { Rows(batch: $0, rejects: rejects) }
    }
}
