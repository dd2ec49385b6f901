import Inventory
import Records
import Stages

/// One pass over a dataset: batches through the pipeline's transforms, then into each load's branch.
struct Pass {
    private let reader: ReadAhead
    private var chain: Chain
    private var branches: [Branch]
    private let context: LoadContext
    /// Whether no pass went over these rows before, and whether another one will.
    private let isFirst, isRepeated: Bool
    /// Whether the loads went through these rows before, so that what they find is known.
    private let isRetry: Bool
    private var rows = 0

    init(
        reader: ReadAhead,
        transforms: [Step<any Transformer>],
        loads: [PendingLoad],
        context: LoadContext,
        progress: RunProgress,
        isFirst: Bool,
        isRepeated: Bool
    ) throws {
        self.reader = reader
        self.context = context
        self.isFirst = isFirst
        self.isRepeated = isRepeated
        isRetry = loads.contains { $0.failures > 0 }
        // What a second pass over the same rows does is said already.
        chain = try Chain(transforms, from: reader.schema, context: context, progress: isFirst ? progress : nil)
        branches = []
        for load in loads {
            let destination = context.filled(load.plan.destination)
            let entry = load.entry ?? progress.begin(.load, load.plan.origin.stage, destination: destination)
            let own = try Chain(
                load.plan.transforms,
                from: chain.output,
                context: context,
                progress: isRetry ? nil : progress
            )
            branches.append(Branch(load, chain: own, entry: entry, isRehearsal: context.isRehearsal))
        }
    }

    /// After the run: the loads that are to be tried again.
    var retries: [PendingLoad] { branches.compactMap(\.retry) }
    /// The keys of loads that have taken away what a person accepted.
    var settled: [String] { branches.compactMap(\.settled) }

    /// What stops the pass fails its loads and leaves other passes alone; only an interruption is thrown.
    ///
    /// - Parameter unreachable: places that could not be reached a moment ago, and why.
    mutating func run(_ book: inout RejectBook, _ unreachable: inout [String: Failure]) async throws {
        for index in branches.indices { await branches[index].open(context, &unreachable) }
        do {
            try await pump(&book)
        } catch {
            for index in branches.indices { await branches[index].abandon(error) }
            chain.end()
            if Task.isCancelled || error is CancellationError { throw error }
            return
        }
        chain.end()
        var unfit = Findings()
        for index in branches.indices {
            var found = Findings()
            await branches[index].commit(findings: &found)
            unfit.merge(found)
        }
        try book.add(unfit)
    }

    /// Values are counted in the first pass over their rows, which therefore reads them all.
    private var goesOn: Bool { isRepeated || branches.contains(where: \.isReading) }

    private mutating func pump(_ book: inout RejectBook) async throws {
        let reader = reader
        var read = goesOn ? try await reader.next() : nil
        // Taken, so that the transforms own the batch and need not copy it.
        while goesOn, var rows = read.take() {
            async let following = reader.next()
            try Task.checkCancellation()
            self.rows += rows.batch.count
            var shared = Findings()
            shared.rejects = rows.rejects
            try chain.apply(&rows.batch, findings: &shared)
            try await hand(rows.batch, shared, &book)
            read = try await following
        }
        while goesOn {
            try Task.checkCancellation()
            var shared = Findings()
            guard let batch = try chain.next(&shared) else { break }
            try await hand(batch, shared, &book)
        }
        var late = Findings()
        for index in branches.indices {
            var found = Findings()
            await branches[index].writeWaiting(findings: &found)
            late.merge(found)
        }
        if !isRetry { try book.add(late) }
        for branch in branches { branch.count(read: rows, through: chain) }
        // An interruption while the last rows were written takes back all loads, not those that noticed it.
        try Task.checkCancellation()
    }

    private mutating func hand(_ batch: Batch, _ shared: Findings, _ book: inout RejectBook) async throws {
        var own = Findings()
        for index in branches.indices {
            var found = Findings()
            await branches[index].write(batch, findings: &found)
            own.merge(found)
        }
        if isRetry { return }
        if isFirst { own.add(shared) }
        try book.add(own)
    }
}
