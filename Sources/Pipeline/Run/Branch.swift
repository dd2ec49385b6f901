import Records
import Stages

/// One load: its own transforms, its columns and its open destination.
struct Branch {
    private let load: PendingLoad
    private var chain: Chain
    private var session: (any LoadSession)?
    private var entry: StageEntry?
    private var failure: Failure?
    private let isRehearsal: Bool
    /// The load as it is to be tried again.
    private(set) var retry: PendingLoad?
    /// The load's key in the inventory, once it is done and has taken away what a person accepted.
    private(set) var settled: String?

    init(_ load: PendingLoad, chain: Chain, entry: StageEntry, isRehearsal: Bool) {
        self.load = load
        self.isRehearsal = isRehearsal
        self.chain = chain
        self.entry = entry
    }

    /// Whether rows are of use: to be written, or to find now what a later try will not count again.
    var isReading: Bool { session != nil || mayFindMore }

    private var mayFindMore: Bool { load.failures == 0 && (failure.map(load.mayBeTriedAgain) ?? false) }

    mutating func open(_ context: LoadContext, _ unreachable: inout [String: Failure]) async {
        entry?.meter.update { $0.received = 0 }
        let place = load.plan.loader.place
        do {
            if let known = place.flatMap({ unreachable[$0] }) { throw known }
            session = try await load.plan.loader.open(load.plan.output, context)
            for rows in load.permitted { session?.permit(rows) }
        } catch {
            let reason = Failure(of: error)
            if let place, reason.isOfPlace { unreachable[place] = reason }
            if load.mayBeTriedAgain(after: reason) { failure = reason } else { await abandon(error) }
        }
    }

    /// A failure is kept for the commit; the other loads go on.
    mutating func write(_ batch: Batch, findings: inout Findings) async {
        guard isReading else { return }
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
        guard isReading else { return }
        do {
            while let batch = try chain.next(&findings) { try await hand(batch) }
        } catch {
            await fail(error)
        }
    }

    private mutating func hand(_ batch: Batch) async throws {
        guard session != nil else { return }
        var batch = batch
        batch.select(columns: load.plan.columns)
        let count = batch.count
        entry?.meter.update { $0.received += count }
        try await session?.write(batch)
    }

    /// - Parameter chain: what the rows went through before this load's own transforms.
    func count(read rows: Int, through chain: Chain) {
        let (shared, own) = (chain.balance, self.chain.balance)
        entry?.meter.update { counts in
            counts.read = rows
            counts.added = shared.added + own.added
            counts.filteredBefore = shared.filteredBefore + own.filteredBefore
        }
    }

    private mutating func fail(_ error: any Error) async {
        failure = Failure(of: error)
        await session?.rollback()
        session = nil
    }

    mutating func commit(findings: inout Findings) async {
        chain.end()
        guard let entry else { return }
        do {
            if let failure { throw failure }
            guard let counts = try await isRehearsal ? session?.rehearse() : session?.commit() else { return }
            let notes = session?.notes ?? []
            session = nil
            if !isRehearsal { settled = load.key }
            entry.meter.update { total in
                total.take(counts)
                total.notes += notes
            }
            findings.rejects = counts.rejects
            entry.end(.done)
        } catch {
            await session?.rollback()
            session = nil
            let reason = Failure(of: error)
            if load.mayBeTriedAgain(after: reason) {
                let again = load.again(reportedIn: entry)
                retry = again
                // Its advice was for who had to act.
                let note = "tried again \(again.wait?.components.seconds ?? 0) s after this: \(reason.message)"
                entry.meter.update { $0.notes.append(note) }
            } else {
                giveUp(reason, entry)
            }
        }
    }

    /// One line tells what each try met.
    private func giveUp(_ reason: Failure, _ entry: StageEntry) {
        entry.meter.update { $0.notes.removeAll { $0.hasSuffix(" after this: \(reason.message)") } }
        entry.end(.failed, load.failures == 0 ? reason : reason.after(tries: load.failures + 1))
    }

    mutating func abandon(_ error: any Error) async {
        await session?.rollback()
        session = nil
        chain.end()
        if let entry { giveUp(failure ?? Failure(of: error), entry) }
        entry = nil
    }
}

extension Failure {
    fileprivate func after(tries: Int) -> Failure {
        var failure = self
        failure.message += " (tried \(counted(tries, "time")))"
        return failure
    }
}
