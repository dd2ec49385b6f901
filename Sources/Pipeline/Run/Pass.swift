import Inventory
import Records
import Stages

/// One pass over a dataset: each load's branch receives its batches.
struct Pass {
    /// What earlier passes over the same rows have not counted yet.
    enum Reading {
        /// Nothing is counted yet: all findings count, and so do the shared transforms. If other passes follow, all
        /// rows are read even if no load takes them.
        case first(othersFollow: Bool)
        /// The findings of the shared transforms are counted; those of the loads' own transforms are new.
        case further
        /// The same loads are retried: everything is counted.
        case again
    }
    private let reading: Reading
    private var rows: RowStream
    private var branches: [Branch]
    private let context: LoadContext

    init(
        over rows: RowStream,
        _ reading: Reading,
        loads: [PendingLoad],
        known: KnownRejects,
        context: LoadContext,
        progress: RunProgress
    ) throws {
        self.rows = rows
        self.reading = reading
        self.context = context
        branches = []
        for load in loads {
            let destination = context.filled(load.plan.destination)
            let entry = load.entry ?? progress.begin(.load, load.plan.origin.stage, destination: destination)
            let own = try Chain(
                load.plan.transforms,
                from: rows.output,
                to: destination,
                known: reading.countsOwn ? known : .none,
                context: context,
                progress: reading.countsOwn ? progress : nil
            )
            branches.append(Branch(load, chain: own, entry: entry, known: known, context))
        }
    }

    /// After the run: the loads to retry.
    var retries: [PendingLoad] { branches.compactMap(\.retry) }
    /// After the run: the loads that failed for good.
    var failed: [LoadPlan] { branches.compactMap(\.failed) }
    /// The loads that a guard has refused because no row came.
    var emptied: [(load: LoadPlan, entry: StageEntry)] { branches.compactMap(\.emptied) }
    /// The keys of loads that have retired the accepted removals.
    var settled: [String] { branches.compactMap(\.settled) }

    /// An error that stops the pass fails its loads and does not affect other passes; only an interruption is thrown.
    ///
    /// - Parameter unreachable: places that could not be reached just before, and why.
    mutating func run(_ book: inout RejectBook, _ unreachable: inout [String: Failure]) async throws {
        for index in branches.indices { await branches[index].open(context, &unreachable) }
        do {
            try await pump(&book)
        } catch {
            for index in branches.indices { await branches[index].abandon(error) }
            await rows.end()
            if Task.isCancelled || error is CancellationError { throw error }
            return
        }
        await rows.end()
        var unfit = Findings()
        for index in branches.indices {
            var found = Findings()
            await branches[index].commit(findings: &found)
            unfit.merge(found)
        }
        try book.add(unfit)
    }

    /// Whether any branch still needs rows.
    private var isWanted: Bool { reading.needsAllRows || branches.contains(where: \.isReading) }

    private mutating func pump(_ book: inout RejectBook) async throws {
        var shared = Findings()
        while isWanted, let batch = try await rows.next(&shared) {
            var found = Findings()
            for index in branches.indices {
                var own = Findings()
                await branches[index].write(batch, rejected: shared.rejects, findings: &own)
                found.merge(own)
            }
            if reading.countsShared { found.add(shared) }
            if reading.countsOwn { try book.add(found) }
            shared = Findings()
        }
        var late = Findings()
        for index in branches.indices {
            var own = Findings()
            await branches[index].writeWaiting(findings: &own)
            late.merge(own)
        }
        if reading.countsOwn { try book.add(late) }
        if reading.countsShared {
            try book.add(shared)
            book.rows += rows.count
        }
        for branch in branches { branch.count(rows) }
        // If a run is interrupted during the last rows, all loads are rolled back, not only those that noticed it.
        try Task.checkCancellation()
    }
}

extension Pass.Reading {
    /// Whether the shared transforms and their findings still count.
    var countsShared: Bool { if case .first = self { true } else { false } }
    /// Whether the loads' own transforms and their findings still count.
    fileprivate var countsOwn: Bool { if case .again = self { false } else { true } }
    fileprivate var needsAllRows: Bool { if case .first(othersFollow: true) = self { true } else { false } }
}
