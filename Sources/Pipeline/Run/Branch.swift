import Inventory
import Records
import Stages

/// One load: its transforms, its columns, and its destination.
struct Branch {
    private enum State {
        case closed
        case writing(any LoadSession)
        /// Rolled back. Whether to retry is decided after the other loads.
        case failed(Failure)
        case done
        case toBeTriedAgain(PendingLoad)
        case givenUp
    }
    private let load: PendingLoad
    private let entry: StageEntry
    private let isRehearsal: Bool
    private let lease: (any Lease)?
    private var chain: Chain
    private var state = State.closed
    /// Rows of removed devices that the load does not take.
    private var filtered = 0
    /// For the load as a judge. A stand-in judges nothing.
    private let watch: Watch?
    private var judgedRows: [JudgedRow] = []
    /// Nil if nobody asks for it.
    private var tally: RejectTally?

    init(_ load: PendingLoad, chain: Chain, entry: StageEntry, known: KnownRejects, _ context: LoadContext) {
        self.load = load
        self.chain = chain
        self.entry = entry
        isRehearsal = context.isRehearsal
        lease = context.lease
        if context.selection.countsRejects { tally = RejectTally(of: load.plan, over: chain.output) }
        watch =
            load.plan.loader is StandIn<NoOutput>
            ? nil : Watch(load.plan.origin.stage, over: load.plan.output, known, context)
    }

    /// Whether it needs rows: to write them, or to count findings that a retry would not count again.
    var isReading: Bool {
        switch state {
        case .writing: true
        case .failed(let failure): load.failures == 0 && load.mayBeTriedAgain(after: failure)
        case .closed, .done, .toBeTriedAgain, .givenUp: false
        }
    }

    /// The load for a retry; nil if it needs none.
    var retry: PendingLoad? { if case .toBeTriedAgain(let load) = state { load } else { nil } }

    /// The load, if it failed for good.
    var failed: LoadPlan? { if case .givenUp = state { load.plan } else { nil } }

    /// The load's key in the inventory, after it has retired the accepted removals.
    var settled: String? { if case .done = state, !isRehearsal { load.key } else { nil } }

    /// The load and its entry if a guard has refused it because no row came.
    private(set) var emptied: (load: LoadPlan, entry: StageEntry)?

    mutating func open(_ context: LoadContext, _ unreachable: inout [String: Failure]) async {
        entry.meter.update { $0.received = 0 }
        let place = load.plan.loader.place
        do {
            if let known = place.flatMap({ unreachable[$0] }) { throw known }
            var session = try await load.plan.loader.open(load.plan.output, context)
            for rows in load.permitted { session.permit(rows) }
            state = .writing(session)
        } catch {
            let reason = Failure(of: error)
            if let place, reason.isOfPlace { unreachable[place] = reason }
            if load.mayBeTriedAgain(after: reason) { state = .failed(reason) } else { giveUp(reason) }
        }
    }

    /// Writes a batch. A failure is reported at the commit; the other loads continue.
    ///
    /// - Parameter rejected: what the stages before have rejected in these rows.
    mutating func write(_ batch: Batch, rejected: [Reject], findings: inout Findings) async {
        guard isReading else { return }
        do {
            var own = batch
            try chain.apply(&own, findings: &findings)
            tally?.note(rejected + findings.rejects)
            try await hand(own)
        } catch {
            await fail(error)
        }
    }

    /// Writes the rows that this load's transforms held until they had seen all.
    mutating func writeWaiting(findings: inout Findings) async {
        guard isReading else { return }
        do {
            while let batch = try chain.next(&findings) { try await hand(batch) }
        } catch {
            await fail(error)
        }
    }

    private mutating func hand(_ batch: Batch) async throws {
        guard case .writing(var session) = state else { return }
        // A second copy of the session would copy everything that it has not written yet.
        state = .closed
        defer { state = .writing(session) }
        let rows = batch
        var batch = batch
        batch.select(columns: load.plan.columns)
        let count = batch.count
        entry.meter.update { $0.received += count }
        let left = try await session.take(batch)
        filtered += left
        if let found = tally?.take(left == 0 ? rows : nil), found > 0 {
            entry.meter.update { $0.rejectedInRows += found }
        }
        judgedRows += watch?.judgedRows(in: batch) ?? []
    }

    /// - Parameter rows: rows after the shared transforms.
    func count(_ rows: RowStream) {
        if case .givenUp = state { return }
        let (shared, own) = (rows.balance, chain.balance)
        entry.meter.update { counts in
            counts.read = rows.count
            counts.added = shared.added + own.added
            counts.filteredBefore = shared.filteredBefore + own.filteredBefore
        }
    }

    private mutating func fail(_ error: any Error) async {
        if case .writing(var session) = state { await session.rollback() }
        state = .failed(Failure(of: error))
    }

    mutating func commit(findings: inout Findings) async {
        if case .givenUp = state { return }
        chain.end()
        if case .writing(var session) = state {
            state = .closed
            do {
                if !isRehearsal { try await lease?.confirm() }
                let counts = try await isRehearsal ? session.rehearse() : session.commit()
                let notes = session.notes
                entry.meter.update { total in
                    total.take(counts)
                    total.filtered += filtered
                    total.notes += notes
                }
                findings.rejects = counts.rejects
                findings.judgedRows = judgedRows + (watch?.judgedAtTheEnd ?? [])
                entry.end(.done)
                state = .done
            } catch {
                await session.rollback()
                let reason = Failure(of: error)
                state = .failed(reason)
                if reason.refusal != nil, entry.meter.current.received == filtered { emptied = (load.plan, entry) }
            }
        }
        guard case .failed(let reason) = state else { return }
        guard load.mayBeTriedAgain(after: reason) else { return giveUp(reason) }
        let again = load.again(reportedIn: entry)
        // Without the advice: nobody needs to act before the retry.
        let note = "tried again \(again.wait?.components.seconds ?? 0) s after this: \(reason.message)"
        entry.meter.update { $0.notes.append(note) }
        state = .toBeTriedAgain(again)
    }

    /// Rolls back uncommitted work. The load's own failure takes precedence over the error that stops the run.
    mutating func abandon(_ error: any Error) async {
        switch state {
        case .writing(var session):
            await session.rollback()
            giveUp(Failure(of: error))
        case .failed(let reason): giveUp(reason)
        case .closed: giveUp(Failure(of: error))
        case .done, .toBeTriedAgain, .givenUp: break
        }
    }

    /// Gives up with one line for the failures of all tries.
    private mutating func giveUp(_ reason: Failure) {
        state = .givenUp
        chain.end()
        entry.meter.update { $0.notes.removeAll { $0.hasSuffix(" after this: \(reason.message)") } }
        entry.end(.failed, load.failures == 0 ? reason : reason.after(tries: load.failures + 1))
    }
}

extension Failure {
    fileprivate func after(tries: Int) -> Failure {
        var failure = self
        failure.message += " (tried \(counted(tries, "time")))"
        return failure
    }
}
