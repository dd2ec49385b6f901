import Inventory
import Records
import Stages

extension Plan {
    /// Brings the inventory up to date, and notes the pace that Apple allowed.
    func sync(
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
        let end = try await extract(from: api, into: inventory, options, startedAt: startedAt, progress: progress)
        let learned = await api.learnedRate
        await api.close()
        if let learned { try inventory.record(learnedRate: learned) }
        if Task.isCancelled { throw CancellationError() }
        switch end {
        case .stopped(let error): throw error
        case .done: try inventory.endRound(at: startedAt)
        case .toBeContinued: break
        }
    }

    /// Runs the extract stages. One that fails, or has no time left, leaves its part of the data as it was known before;
    /// only without a list of devices is there nothing to load.
    private func extract(
        from api: any AppleAPI,
        into inventory: Inventory,
        _ options: RunOptions,
        startedAt: Timestamp,
        progress: RunProgress
    ) async throws -> SyncEnd {
        var end = SyncEnd.done
        var rest = extract[...]
        while let step = rest.popFirst(), !Task.isCancelled {
            let entry = progress.begin(.extract, step.origin.stage)
            let context = SyncContext(
                api: api,
                inventory: inventory,
                startedAt: startedAt,
                limit: options.limit,
                platform: source.platform,
                command: command,
                meter: entry.meter
            )
            guard let error = await run(step.stage, context) else {
                entry.end(entry.meter.current.isPartial ? .partial : .done)
                continue
            }
            let verdict = Verdict(on: error, isEssential: step.stage.isEssential)
            entry.end(verdict == .outOfTime ? .partial : .failed, Failure(of: error))
            switch verdict {
            case .goOn: break
            case .goOnLater: end = .toBeContinued
            case .stop: return .stopped(error)
            case .outOfTime:
                progress.skip(&rest)
                return try inventory.lastCompleteListing == nil ? .stopped(error) : .toBeContinued
            }
        }
        return end
    }

    /// - Returns: why the stage failed; nil if it did not.
    private func run(_ stage: any Extractor, _ context: SyncContext) async -> (any Error)? {
        let requestsBefore = context.api.requestCount
        defer { context.meter.update { $0.requests = context.api.requestCount - requestsBefore } }
        do {
            try await stage.sync(context)
            return nil
        } catch {
            return error
        }
    }

    var nothingToLoad: Failure {
        Failure(
            .badData,
            "--offline: the inventory \(inventoryPath) holds no complete list of devices",
            advice: "run once without --offline"
        )
    }

    /// The run's own time, or that of the whole command, whichever ends first.
    private func deadline(_ options: RunOptions) -> RunDeadline? {
        guard let maxTime = source.maxTime else { return options.deadline }
        let own = RunDeadline(instant: .now + .seconds(maxTime.seconds), setting: "max_time \(maxTime)")
        return [own, options.deadline].compactMap { $0 }.min { $0.instant < $1.instant }
    }
}

/// How the extract stages of a run came to their end.
private enum SyncEnd {
    /// The next run has nothing to continue: what failed would fail again.
    case done
    /// Apple did not answer, or the time was over: the next run continues this one's work if it starts soon.
    case toBeContinued
    case stopped(any Error)
}

/// What the failure of an extract stage means for the stages after it.
private enum Verdict {
    case goOn
    /// The other stages continue, and the next run continues this one.
    case goOnLater
    /// Other stages would fail too, or their data could not be loaded.
    case stop
    case outOfTime

    init(on error: any Error, isEssential: Bool) {
        let failure = Failure(of: error)
        switch (error as? APIError)?.kind {
        case .outOfTime: self = .outOfTime
        // A refused list has added what is new and removed nothing.
        case _ where isEssential: self = failure.refusal == nil ? .stop : .goOn
        case _ where failure.code == .sourceUnavailable: self = .goOnLater
        // Apple denies this stage's requests, not the account.
        case .forbidden: self = .goOn
        default: self = failure.code == .badData ? .goOn : .stop
        }
    }
}
