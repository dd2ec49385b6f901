import Inventory
import Records
import Stages

extension Plan {
    /// The rows of a dataset, through the transforms that all its loads share.
    ///
    /// - Parameters:
    ///   - key: the load whose accepted removals are read instead of the dataset.
    ///   - known: rejects of earlier runs; a run remembers which of their rows are judged again.
    ///   - progress: where the shared transforms are reported; nil if another pass over these rows reports them.
    package func rows(
        of dataset: Dataset,
        from inventory: Inventory,
        order: RowOrder,
        limit: Int? = nil,
        acceptedFor key: String? = nil,
        known: KnownRejects = .none,
        context: LoadContext,
        progress: RunProgress? = nil
    ) throws -> RowStream {
        let (columns, transforms) = shared(dataset)
        let reader = DatasetReader(
            inventory,
            dataset,
            schema: columns,
            order: order,
            limit: limit,
            acceptedFor: key,
            rejectsOf: rejectsRead,
            selection: context.selection
        )
        let key = dataset.schema.key.first
        let reading = dataset.readingStages.compactMap { stage in
            Watch(stage, over: reader.schema, key: key, known, context)
        }
        let chain = try Chain(transforms, from: reader.schema, known: known, context: context, progress: progress)
        return RowStream(ReadAhead(reader), reading, chain)
    }
}

/// Rows of a dataset, batch by batch, after the transforms that its loads share. The next batch is read while the
/// current one is processed.
package struct RowStream {
    private let reader: ReadAhead
    private let reading: [Watch]
    private var chain: Chain
    private var ahead: Task<Void, Never>?
    /// How many rows were read.
    private(set) var count = 0

    fileprivate init(_ reader: ReadAhead, _ reading: [Watch], _ chain: Chain) {
        self.reader = reader
        self.reading = reading
        self.chain = chain
    }

    package var output: Schema { chain.output }
    /// The numbers of rows that the transforms have added and filtered.
    var balance: (added: Int, filteredBefore: Int) { chain.balance }

    /// The next rows, possibly none. After all rows were read come those that transforms held until they had seen
    /// all. Nil at the end.
    package mutating func next(_ findings: inout Findings) async throws -> Batch? {
        try Task.checkCancellation()
        guard var rows = try await reader.next() else { return try chain.next(&findings) }
        ahead = Task(executorPreference: RunThread.current) { [reader] in await reader.readAhead() }
        count += rows.batch.count
        findings.rejects += rows.rejects
        for watch in reading { findings.judgedRows += watch.judgedRows(in: rows.batch) }
        try chain.apply(&rows.batch, findings: &findings)
        return rows.batch
    }

    /// Call it when no more rows are needed: nothing reads the inventory afterwards.
    package mutating func end() async {
        await ahead?.value
        ahead = nil
        chain.end()
    }
}

/// Reads in a separate task, so that stages can work in the meantime.
private actor ReadAhead {
    struct Rows: Sendable {
        var batch: Batch
        /// Values that did not fit their columns.
        let rejects: [Reject]
    }

    private var reader: DatasetReader
    private var ready: Result<Rows?, any Error>?

    init(_ reader: sending DatasetReader) { self.reader = reader }

    /// Reads ahead for ``next()``.
    func readAhead() {
        if ready == nil { ready = Result(catching: read) }
    }

    /// The next rows; nil at the end.
    func next() throws -> Rows? {
        // Taken out, so that the transforms own the batch and need not copy it.
        if let read = ready.take() { return try read.get() }
        return try read()
    }

    private func read() throws -> Rows? {
        var rejects: [Reject] = []
        return try reader.next(rejects: &rejects).map { Rows(batch: $0, rejects: rejects) }
    }
}
