import Inventory
import Records
import Stages

/// Runs the extract stages of a plan, one after another. One stage may begin early and run beside them.
struct Extraction: Sendable {
    private let steps: [Step<any Extractor>]
    private let early: EarlyStage?
    /// The context of all stages; each has its own meter.
    private let common: SyncContext
    private let progress: RunProgress

    init(_ plan: Plan, _ early: EarlyStage?, _ common: SyncContext, _ progress: RunProgress) {
        steps = plan.extract
        self.early = early
        self.common = common
        self.progress = progress
    }

    /// Runs all stages. If one fails or has no time left, its data stays as it was. A run without a list of devices loads
    /// nothing.
    func run() async throws -> SyncEnd {
        try await withThrowingTaskGroup(of: (any Error)?.self) { group in
            if let early {
                group.addTask { await run(early.step.stage, early.context(common)) }
            }
            let end = try await runInTurn(&group)
            group.cancelAll()
            // The early stage's turn may never have come.
            while try await group.next() != nil {}
            if let early, early.hasAsked, !progress.stages.contains(where: { $0.name == early.name }) {
                progress.begin(.extract, early.name, meter: early.meter).end(.partial)
            }
            return end
        }
    }

    private func runInTurn(_ group: inout ThrowingTaskGroup<(any Error)?, any Error>) async throws -> SyncEnd {
        var end = SyncEnd.done
        var rest = steps[...]
        while let step = rest.popFirst(), !Task.isCancelled {
            let entry: StageEntry
            let error: (any Error)?
            if let early, early.name == step.origin.stage {
                entry = progress.begin(.extract, early.name, meter: early.meter)
                early.newDevices.end()
                error = try await group.next() ?? nil
            } else {
                entry = progress.begin(.extract, step.origin.stage)
                let newDevices = step.stage.isEssential ? early?.newDevices : nil
                error = await run(step.stage, common.with(common.api, entry.meter, newDevices))
            }
            guard let error else {
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
                progress.skip(rest.filter { $0.origin.stage != early?.name || early?.hasAsked == false })
                return try common.inventory.lastCompleteListing == nil ? .stopped(error) : .toBeContinued
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
}

/// A stage that begins before its turn, with devices that the listing has just found.
struct EarlyStage: Sendable {
    let step: Step<any Extractor>
    let meter = StageMeter()
    let newDevices = NewDevices()
    private let api: any AppleAPI

    /// Nil if no stage may begin early, or if the run has a limit of devices: no request may then be wasted.
    init?(of plan: Plan, _ options: RunOptions, _ api: any AppleAPI) {
        guard options.limit == nil, options.selection.serials == nil, plan.extract.first?.stage.isEssential == true,
            let step = plan.extract.first(where: { $0.stage.mayBeginEarly })
        else { return nil }
        self.step = step
        self.api = api.ahead()
    }

    var name: String { step.origin.stage }
    var hasAsked: Bool { meter.current.asked > 0 }

    func context(_ common: SyncContext) -> SyncContext { common.with(api, meter, newDevices) }
}

extension SyncContext {
    fileprivate func with(_ api: any AppleAPI, _ meter: StageMeter, _ newDevices: NewDevices?) -> SyncContext {
        SyncContext(
            api: api,
            inventory: inventory,
            startedAt: startedAt,
            limit: limit,
            serials: serials,
            platform: platform,
            command: command,
            meter: meter,
            newDevices: newDevices
        )
    }
}

/// The end of a run's extract stages.
enum SyncEnd {
    /// The next run has nothing to continue: a failed stage would fail again.
    case done
    /// Apple did not answer, or time ran out: the next run continues the work if it starts soon.
    case toBeContinued
    case stopped(any Error)
}

/// The effect of a failed extract stage on the stages after it.
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
        // A refused list has added new devices and removed none.
        case _ where isEssential: self = failure.refusal == nil ? .stop : .goOn
        case _ where failure.code == .sourceUnavailable: self = .goOnLater
        // Apple denies this stage's requests, not the account.
        case .forbidden: self = .goOn
        default: self = failure.code == .badData ? .goOn : .stop
        }
    }
}
