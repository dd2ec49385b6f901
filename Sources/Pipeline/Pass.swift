import Inventory
import Records

/// One pass over a dataset: batches through the pipeline's transforms, then into each load's branch.
struct Pass {
    private var reader: DatasetReader
    private var chain: Chain
    private var branches: [Branch]
    private let context: LoadContext
    private let progress: RunProgress
    /// Whether no pass went over these rows before, and whether another one will.
    private let isFirst, isRepeated: Bool

    init(
        reader: DatasetReader,
        transforms: [Step<any Transformer>],
        loads: [LoadPlan],
        context: LoadContext,
        progress: RunProgress,
        isFirst: Bool,
        isRepeated: Bool
    ) throws {
        self.reader = reader
        self.context = context
        self.progress = progress
        self.isFirst = isFirst
        self.isRepeated = isRepeated
        // What a second pass over the same rows does is said already.
        chain = try Chain(transforms, from: reader.schema, context: context, progress: isFirst ? progress : nil)
        branches = []
        for load in loads {
            let entry = progress.begin(.load, load.origin.stage, destination: context.filled(load.destination))
            let own = try Chain(load.transforms, from: chain.output, context: context, progress: progress)
            branches.append(Branch(load, chain: own, entry: entry))
        }
    }

    /// What stops the pass fails its loads and leaves other passes alone; only an interruption is thrown.
    mutating func run(_ book: inout RejectBook) async throws {
        for index in branches.indices { await branches[index].open(context, progress) }
        do {
            try await pump(&book)
        } catch {
            for index in branches.indices { await branches[index].abandon(error, progress) }
            chain.end(progress)
            if Task.isCancelled || error is CancellationError { throw error }
            return
        }
        chain.end(progress)
        for index in branches.indices { await branches[index].commit(progress) }
    }

    private mutating func nextBatch(findings: inout Findings) throws -> Batch? {
        guard var batch = try reader.next(rejects: &findings.rejects) else { return try chain.next(&findings) }
        try chain.apply(&batch, findings: &findings)
        return batch
    }

    private mutating func pump(_ book: inout RejectBook) async throws {
        // Values are counted in the first pass over their rows, which therefore reads them all.
        while isRepeated || branches.contains(where: \.isOpen) {
            try Task.checkCancellation()
            var shared = Findings()
            guard let batch = try nextBatch(findings: &shared) else { break }
            var own = Findings()
            for index in branches.indices {
                var found = Findings()
                await branches[index].write(batch, findings: &found)
                own.merge(found)
            }
            if isFirst { own.add(shared) }
            try book.add(own)
        }
        var late = Findings()
        for index in branches.indices {
            var found = Findings()
            await branches[index].writeWaiting(findings: &found)
            late.merge(found)
        }
        try book.add(late)
        // An interruption while the last rows were written takes back all loads, not those that noticed it.
        try Task.checkCancellation()
    }
}

/// Transforms in their order, each counting what it does.
struct Chain {
    private struct Link {
        let index: Int?
        let meter: StageMeter
        var transform: any BoundTransform
    }
    private var links: [Link] = []
    /// The first transform that may still keep rows back, once all have been read.
    private var waiting = 0
    private(set) var output: Schema

    init(_ steps: [Step<any Transformer>], from input: Schema, context: LoadContext, progress: RunProgress?) throws {
        output = input
        for step in steps {
            let transform = try step.bind(to: output, startedAt: context.startedAt)
            output = transform.output
            let entry = progress?.begin(.transform, step.origin.stage)
            links.append(
                Link(
                    index: entry?.index,
                    meter: entry?.meter ?? StageMeter(),
                    transform: transform
                )
            )
        }
    }

    mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
        try apply(&batch, from: 0, &findings)
    }

    /// Rows that a transform kept until it had seen all, after the transforms that follow it; nil when no more wait.
    mutating func next(_ findings: inout Findings) throws -> Batch? {
        while waiting < links.count {
            if var batch = try links[waiting].transform.next() {
                let count = batch.count
                links[waiting].meter.update { $0.filtered -= count }
                try apply(&batch, from: waiting + 1, &findings)
                return batch
            }
            waiting += 1
        }
        return nil
    }

    private mutating func apply(_ batch: inout Batch, from first: Int, _ findings: inout Findings) throws {
        for index in links.indices[first...] {
            let began = ContinuousClock.now
            let (rows, refused) = (batch.count, findings.rejects.count)
            try links[index].transform.apply(&batch, findings: &findings)
            let (left, newlyRefused) = (batch.count, findings.rejects.count - refused)
            let seconds = (ContinuousClock.now - began).inSeconds
            links[index].meter.update { counts in
                counts.received += rows
                counts.filtered += max(0, rows - left)
                counts.quarantined += newlyRefused
                counts.seconds += seconds
            }
        }
    }

    func end(_ progress: RunProgress) {
        for link in links { if let index = link.index { progress.end(index, .done) } }
    }
}

/// One load: its own transforms, its columns and its open destination.
private struct Branch {
    private let load: LoadPlan
    private var chain: Chain
    private var session: (any LoadSession)?
    private var entry: (index: Int, meter: StageMeter)?
    private var failure: Failure?

    init(_ load: LoadPlan, chain: Chain, entry: (index: Int, meter: StageMeter)) {
        self.load = load
        self.chain = chain
        self.entry = entry
    }

    var isOpen: Bool { session != nil }

    mutating func open(_ context: LoadContext, _ progress: RunProgress) async {
        do {
            session = try await load.loader.open(load.output, context)
        } catch {
            await abandon(error, progress)
        }
    }

    /// A failure is kept for the commit; the other loads go on.
    mutating func write(_ batch: Batch, findings: inout Findings) async {
        guard session != nil else { return }
        do {
            var own = batch
            try chain.apply(&own, findings: &findings)
            try await hand(own)
        } catch {
            await fail(error)
        }
    }

    /// Writes the rows that this load's transforms kept until they had seen all.
    mutating func writeWaiting(findings: inout Findings) async {
        guard session != nil else { return }
        do {
            while let batch = try chain.next(&findings) { try await hand(batch) }
        } catch {
            await fail(error)
        }
    }

    private mutating func hand(_ batch: Batch) async throws {
        var batch = batch
        batch.select(columns: load.columns)
        let count = batch.count
        entry?.meter.update { $0.received += count }
        try await session?.write(batch)
    }

    private mutating func fail(_ error: any Error) async {
        failure = Failure(of: error)
        await session?.rollback()
        session = nil
    }

    mutating func commit(_ progress: RunProgress) async {
        chain.end(progress)
        guard let entry else { return }
        do {
            if let failure { throw failure }
            guard let counts = try await session?.commit() else { return }
            session = nil
            entry.meter.update { total in
                total.written = counts.written
                total.unchanged = counts.unchanged
                total.retired = counts.retired
                total.filtered = counts.leftOut
            }
            progress.end(entry.index, .done)
        } catch {
            await session?.rollback()
            session = nil
            progress.end(entry.index, .failed, Failure(of: error))
        }
    }

    mutating func abandon(_ error: any Error, _ progress: RunProgress) async {
        await session?.rollback()
        session = nil
        chain.end(progress)
        if let entry { progress.end(entry.index, .failed, failure ?? Failure(of: error)) }
        entry = nil
    }
}
