import Inventory
import Records
import Stages

/// Opens a connection to Apple's API for a source.
package typealias Connect = @Sendable (SourceSettings) async throws -> any AppleAPI

extension Plan {
    /// Brings the inventory up to date, then loads. Never throws: what went wrong is in the report.
    package func run(
        _ options: RunOptions,
        startedAt: Timestamp,
        progress: RunProgress,
        connect: Connect
    ) async -> RunReport {
        let began = ContinuousClock.now
        var report = RunReport(
            runID: Self.runID(startedAt),
            pipeline: name,
            pipelineFile: file,
            pipelineHash: hash,
            version: axportVersion,
            source: source.name,
            startedAt: startedAt
        )
        do {
            if options.offline, !Inventory.exists(at: inventoryPath) { throw nothingToLoad }
            guard !inventoryPath.hasPrefix("~") else {
                throw Failure(
                    .pipelineInvalid,
                    "the inventory has no place: HOME is not set",
                    advice: "name one with `inventory:` in the pipeline file"
                )
            }
            if options.isSnapshot {
                try await Inventory.withCopy(of: inventoryPath, identity: source.identity) { inventory in
                    await run(on: inventory, options, progress: progress, connect: connect, since: began, &report)
                }
            } else {
                let inventory = try Inventory(path: inventoryPath, identity: source.identity)
                defer { inventory.close() }
                report.begin(in: inventory, keeping: options.forgetsNothing ? nil : retention)
                await run(on: inventory, options, progress: progress, connect: connect, since: began, &report)
                report.record(in: inventory)
            }
        } catch {
            report.failure = Failure(of: error)
            report.take(progress, since: began, hiding: secrets)
            report.endedAt = .now
            report.status = RunStatus(report.code)
        }
        return report
    }

    private func run(
        on inventory: Inventory,
        _ options: RunOptions,
        progress: RunProgress,
        connect: Connect,
        since began: ContinuousClock.Instant,
        _ report: inout RunReport
    ) async {
        let startedAt = report.startedAt
        let context = LoadContext(
            runID: report.runID,
            source: source.name,
            startedAt: startedAt,
            isPartial: options.limit != nil,
            secrets: secrets
        )
        do {
            if let most = options.acceptRemovals {
                report.notes += try acceptRemovals(most, in: inventory, at: startedAt)
            }
            try await sync(inventory, options, startedAt: startedAt, progress: progress, connect: connect)
            try Task.checkCancellation()
            try await load(from: inventory, options, context: context, progress: progress, &report)
        } catch {
            report.failure = Failure(of: error)
        }
        report.noteRefusedList(in: inventory, progress)
        await loadHistory(from: inventory, context: context, progress: progress, since: began, &report)
        report.take(progress, since: began, hiding: secrets)
        report.endedAt = .now
        report.status = RunStatus(report.code)
    }

    private func load(
        from inventory: Inventory,
        _ options: RunOptions,
        context: LoadContext,
        progress: RunProgress,
        _ report: inout RunReport
    ) async throws {
        if let most = options.maxRejects {
            let rehearsal = try Rehearsal(self, from: inventory, limit: options.limit, context: context)
            report.rejects = rehearsal.book.rejects
            try rehearsal.check(most)
            try inventory.clearRejects(of: report.runID)
        }
        let book = try await load(
            { $0.dataset != .runs },
            from: inventory,
            limit: options.limit,
            context: context,
            progress: progress
        )
        (report.rejects, report.warnings) = (book.rejects, book.warnings)
    }

    /// Loads of the dataset `runs` come last, when what the others did is known, and also after a failure: that is what
    /// a history is for.
    private func loadHistory(
        from inventory: Inventory,
        context: LoadContext,
        progress: RunProgress,
        since began: ContinuousClock.Instant,
        _ report: inout RunReport
    ) async {
        if !loads.contains(where: { $0.dataset == .runs }) || report.failure?.code == .interrupted { return }
        report.take(progress, since: began, hiding: secrets)
        report.record(in: inventory)
        do {
            let book = try await load(
                { $0.dataset == .runs },
                from: inventory,
                limit: nil,
                context: context,
                progress: progress
            )
            report.rejects.merge(book.rejects, uniquingKeysWith: +)
            report.warnings.merge(book.warnings, uniquingKeysWith: +)
        } catch {
            report.failure = report.failure ?? Failure(of: error)
        }
    }

    static func runID(_ startedAt: Timestamp) -> String {
        let digits = startedAt.description.prefix(19).filter(\.isNumber)
        let suffix = String(UInt16.random(in: .min ... .max), radix: 36)
        return "\(digits.prefix(8))T\(digits.dropFirst(8))Z-\(suffix)"
    }

    private var nothingToLoad: Failure {
        Failure(
            .badData,
            "--offline: the inventory \(inventoryPath) holds no complete list of devices",
            advice: "run once without --offline"
        )
    }

    /// Whether the stages after a failed one cannot do better, or would load nothing.
    private static func stopsTheRun(_ error: any Error, of stage: String, knowsDevices: Bool) -> Bool {
        if isOutOfTime(error) { return !knowsDevices }
        // A list that a guard refused has brought what is new, and has taken nothing away.
        if stage == "devices" { return (error as? Failure)?.refusal == nil }
        // Apple refused this stage's requests, not the account.
        if let error = error as? APIError, error.kind == .forbidden { return false }
        return ![.sourceUnavailable, .badData].contains(Failure(of: error).code)
    }

    private static func isOutOfTime(_ error: any Error) -> Bool { (error as? APIError)?.kind == .outOfTime }

    /// The run's own time, or that of the whole command, whichever ends first.
    private func deadline(_ options: RunOptions) -> RunDeadline? {
        guard let maxTime = source.maxTime else { return options.deadline }
        let own = RunDeadline(instant: .now + .seconds(maxTime.seconds), setting: "max_time \(maxTime)")
        return [own, options.deadline].compactMap { $0 }.min { $0.instant < $1.instant }
    }

    /// A stage that fails, or has no time left, leaves its part of the data as it was known before; only without a list
    /// of devices is there nothing to load.
    private func sync(
        _ inventory: Inventory,
        _ options: RunOptions,
        startedAt: Timestamp,
        progress: RunProgress,
        connect: Connect
    ) async throws {
        if options.offline {
            guard try inventory.lastCompleteListing != nil else { throw nothingToLoad }
            return
        }
        if options.full { try inventory.forgetAges() }
        let api = try await connect(source)
        await api.begin(pace: try inventory.learnedRate, deadline: deadline(options))
        var stop: (any Error)?
        var mayGoOn = false
        var rest = extract[...]
        while let step = rest.popFirst(), stop == nil, !Task.isCancelled {
            let entry = progress.begin(.extract, step.origin.stage)
            let requestsBefore = api.requestCount
            do {
                let context = SyncContext(
                    api: api,
                    inventory: inventory,
                    startedAt: startedAt,
                    limit: options.limit,
                    platform: source.platform,
                    command: command,
                    meter: entry.meter
                )
                try await step.stage.sync(context)
                entry.meter.update { $0.requests = api.requestCount - requestsBefore }
                entry.end(entry.meter.current.isPartial ? .partial : .done)
            } catch {
                entry.meter.update { $0.requests = api.requestCount - requestsBefore }
                entry.end(Self.isOutOfTime(error) ? .partial : .failed, Failure(of: error))
                if Self.isOutOfTime(error) || Failure(of: error).code == .sourceUnavailable { mayGoOn = true }
                let knowsDevices = try inventory.lastCompleteListing != nil
                if Self.stopsTheRun(error, of: step.origin.stage, knowsDevices: knowsDevices) { stop = error }
                if Self.isOutOfTime(error) { progress.skip(&rest) }
            }
        }
        let learned = await api.learnedRate
        await api.close()
        if let learned { try inventory.record(learnedRate: learned) }
        if Task.isCancelled { throw CancellationError() }
        if let stop { throw stop }
        // Where Apple did not answer, the next run soon goes on with this one; whatever else failed would fail again.
        if !mayGoOn { try inventory.endRound(at: startedAt) }
    }
}

extension RunReport {
    /// Takes what the stages did. From here it is stored and shown, so it loses its secrets.
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
        failure = failure?.hiding(secrets)
        notes = notes.map(secrets.hiddenRuns)
        seconds = (ContinuousClock.now - began).inSeconds
    }
}
