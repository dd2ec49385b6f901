import Inventory
import Records
import Stages

/// Opens a connection to Apple's API for a source.
package typealias Connect = @Sendable (SourceSettings) async throws -> any AppleAPI

extension Plan {
    /// Updates the inventory, then loads. Never throws: failures are in the report.
    package func run(
        _ options: RunOptions,
        startedAt: Timestamp,
        progress: RunProgress,
        connect: Connect
    ) async -> RunReport {
        let began = ContinuousClock.now
        var report = RunReport(of: pipeline, source: source.name, startedAt: startedAt)
        do {
            try requireLoads()
            let inventoryPath = try inventoryPath
            if options.offline, keeping == nil, !Inventory.exists(at: inventoryPath) {
                throw nothingToLoad(in: inventoryPath)
            }
            if options.isSnapshot {
                try await Inventory.withCopy(of: inventoryPath, identity: source.identity) { inventory in
                    await run(on: inventory, options, progress: progress, connect: connect, since: began, &report)
                }
            } else if let keeping {
                try await run(keptIn: keeping, inventoryPath, options, progress, connect, since: began, &report)
            } else {
                let inventory = try await open(inventoryPath, options, progress, since: began, &report)
                defer { inventory.close() }
                report.begin(in: inventory, keeping: options.forgetsNothing ? nil : retention)
                await run(on: inventory, options, progress: progress, connect: connect, since: began, &report)
                report.record(in: inventory)
            }
        } catch {
            report.failure = Failure(of: error)
            if !report.status.isOutcome { report.end(progress, since: began, hiding: secrets) }
        }
        return report
    }

    /// Waits for another run if the options allow it. A run that cannot start because of another one is still
    /// recorded.
    private func open(
        _ path: String,
        _ options: RunOptions,
        _ progress: RunProgress,
        since began: ContinuousClock.Instant,
        _ report: inout RunReport
    ) async throws -> Inventory {
        do {
            return try await Inventory.open(path, identity: source.identity, patience: options.patience) {
                progress.wait(for: $0.message)
            }
        } catch {
            var failure = Failure(of: error)
            guard [.locked, .interrupted].contains(failure.code) else { throw failure }
            if failure.code == .locked, options.patience > .zero {
                failure.message += "; waited \(Period(seconds: Int(options.patience.components.seconds)))"
            }
            report.failure = failure
            report.end(progress, since: began, hiding: secrets)
            report.record(besideHolderOf: path, identity: source.identity)
            throw failure
        }
    }

    func run(
        on inventory: Inventory,
        _ options: RunOptions,
        progress: RunProgress,
        connect: Connect,
        since began: ContinuousClock.Instant,
        _ report: inout RunReport
    ) async {
        if await refuseHopeless(options, progress, &report) {
            return report.end(progress, since: began, hiding: secrets)
        }
        let startedAt = report.startedAt
        var context = context(of: report.runID, startedAt: startedAt, isPartial: options.limit != nil)
        context.selection = options.selection
        do {
            try Task.checkCancellation()
            report.notes += try acceptRemovals(options, in: inventory, at: startedAt)
            try await sync(inventory, options, startedAt: startedAt, progress: progress, connect: connect)
            try Task.checkCancellation()
            try await checkRejects(in: inventory, options, context: context, &report)
            try await load(from: inventory, options, context: context, progress: progress, &report)
        } catch {
            report.failure = Failure(of: error)
        }
        if let serials = options.selection.serials { report.named = try? inventory.devices(named: serials) }
        report.noteRefusedList(in: inventory, progress)
        await loadHistory(from: inventory, options, context: context, progress: progress, since: began, &report)
        report.end(progress, since: began, hiding: secrets)
    }

    /// Examines the destinations of all loads first. If no retry mends any of them, the run ends before Apple is asked;
    /// otherwise their faults are told at once.
    private func refuseHopeless(
        _ options: RunOptions,
        _ progress: RunProgress,
        _ report: inout RunReport
    ) async -> Bool {
        let examined = await examineLoads(at: report.startedAt, options.places)
        if Task.isCancelled { return false }
        guard !examined.isEmpty, examined.allSatisfy(\.examination.isLasting) else {
            progress.expect(examined.compactMap(\.foreseen))
            return false
        }
        progress.refuse(examined)
        if !options.offline { report.notes.append("Apple was not asked, because no load can be made") }
        return true
    }

    /// `--max-rejects`: continues only if no more values than allowed would be rejected.
    private func checkRejects(
        in inventory: Inventory,
        _ options: RunOptions,
        context: LoadContext,
        _ report: inout RunReport
    ) async throws {
        guard let most = options.maxRejects else { return }
        let check = try await RejectCheck(self, from: inventory, limit: options.limit, context: context)
        report.rejects = check.book.rejects
        try check.require(most)
        // The loads count them again.
        report.rejects = [:]
    }

    private func load(
        from inventory: Inventory,
        _ options: RunOptions,
        context: LoadContext,
        progress: RunProgress,
        _ report: inout RunReport
    ) async throws {
        report.add(
            try await load(
                .withTheRest,
                from: inventory,
                limit: options.limit,
                context: context,
                turns: options.turns,
                progress: progress
            )
        )
        // All rejects, also those of devices that this run did not read.
        var whole = self.context(of: context.runID, startedAt: context.startedAt)
        whole.selection = context.selection
        report.add(
            try await load(
                .afterRejects,
                from: inventory,
                limit: nil,
                context: whole,
                turns: options.turns,
                progress: progress
            )
        )
    }

    /// Loads of the dataset `runs` and reports come last, when the results of the others are known, and also after a failure: a
    /// history must show failures.
    private func loadHistory(
        from inventory: Inventory,
        _ options: RunOptions,
        context: LoadContext,
        progress: RunProgress,
        since began: ContinuousClock.Instant,
        _ report: inout RunReport
    ) async {
        if !loads.contains(where: { $0.time == .atTheEnd }) || report.failure?.code == .interrupted {
            return
        }
        report.take(progress, since: began, hiding: secrets)
        report.record(in: inventory)
        do {
            report.add(
                try await load(
                    .atTheEnd,
                    from: inventory,
                    limit: nil,
                    context: self.context(of: context.runID, startedAt: context.startedAt),
                    turns: options.turns,
                    progress: progress
                )
            )
        } catch {
            report.failure = report.failure ?? Failure(of: error)
        }
    }

    static func runID(_ startedAt: Timestamp) -> String {
        let digits = startedAt.description.prefix(19).filter(\.isNumber)
        let suffix = String(UInt16.random(in: .min ... .max), radix: 36)
        return "\(digits.prefix(8))T\(digits.dropFirst(8))Z-\(suffix)"
    }
}

extension RunReport {
    fileprivate mutating func add(_ book: RejectBook) {
        rejects.merge(book.rejects, uniquingKeysWith: +)
        warnings.merge(book.warnings, uniquingKeysWith: +)
    }

    /// Takes the results of the stages. From here on they are stored and shown, so secrets are removed.
    fileprivate mutating func take(
        _ progress: RunProgress,
        since began: ContinuousClock.Instant,
        hiding secrets: Secrets
    ) {
        stages = progress.stages.map { stage in
            var stage = stage
            stage.failure = stage.failure?.hiding(secrets)
            stage.counts.notes = stage.counts.notes.map(secrets.hiddenRuns)
            return stage
        }
        limitsMet = progress.limitsMet
        failure = failure?.hiding(secrets)
        notes = notes.map(secrets.hiddenRuns)
        seconds = (ContinuousClock.now - began).inSeconds
    }
    mutating func end(
        _ progress: RunProgress,
        since began: ContinuousClock.Instant,
        hiding secrets: Secrets
    ) {
        take(progress, since: began, hiding: secrets)
        endedAt = .now
        status = RunStatus(code)
    }
}
