import Inventory
import Records
import Stages

/// Counts findings about values, and brings the rejected values in the inventory up to date.
struct RejectBook {
    /// Rejects of earlier runs.
    let known: KnownRejects
    private let inventory: Inventory
    /// Nil if the values are only counted.
    private var settlement: Settlement?
    private(set) var rejects: [Reason: Int] = [:]
    private(set) var warnings: [Warning: Int] = [:]
    /// How many rows were searched.
    var rows = 0

    /// - Parameter isKept: whether the inventory keeps the rejected values.
    init(for plan: Plan, in inventory: Inventory, _ context: LoadContext, isKept: Bool) throws {
        self.inventory = inventory
        known = isKept ? try inventory.beginJudging(for: plan.pipeline.ofFile) : .none
        guard isKept else { return }
        settlement = Settlement(
            pipeline: plan.pipeline.ofFile,
            run: context.runID,
            startedAt: context.startedAt,
            judges: plan.judges
        )
    }

    /// How many values were rejected.
    var count: Int { rejects.values.reduce(0, +) }

    mutating func add(_ findings: Findings) throws {
        for reject in findings.rejects { rejects[reject.reason, default: 0] += 1 }
        warnings.merge(findings.warnings, uniquingKeysWith: +)
        if settlement != nil { try inventory.note(findings) }
    }

    /// Adds elements of Apple's lists that could not be read when they were last listed.
    mutating func addUnreadable() throws {
        var findings = Findings()
        findings.rejects = try inventory.unreadableElements
        try add(findings)
        settlement?.hasUnreadable = true
    }

    /// A load that failed has not judged all its rows.
    mutating func add(failed load: LoadPlan) { settlement?.failed.insert(load.judge) }

    /// Replaces what earlier runs found about the values that were judged.
    func settle() throws { if let settlement { try inventory.settle(settlement) } }
}

extension LoadPlan {
    /// The load as the judge of values that do not fit its destination.
    var judge: Judge { Judge(dataset: dataset.rawValue, stage: origin.stage) }
}

extension Plan {
    /// The stages of the file that can reject values; nil if a command replaces some of them.
    fileprivate var judges: Set<Judge>? {
        guard pipeline.name == pipeline.ofFile else { return nil }
        var judges: Set<Judge> = []
        for load in loads {
            let stages = (shared(load.dataset).transforms + load.transforms).map(\.origin.stage)
            for stage in load.dataset.readingStages + stages {
                judges.insert(Judge(dataset: load.dataset.rawValue, stage: stage))
            }
            judges.insert(load.judge)
        }
        return judges
    }

    /// The pipeline whose rejects its loads get: its own, unless it judges no values and so has none. Nil for those of
    /// all pipelines.
    var rejectsRead: String? {
        let judgesNothing = loads.allSatisfy { $0.time != .withTheRest && !$0.dataset.isMain }
        return judgesNothing && pipeline.name == pipeline.ofFile ? nil : pipeline.ofFile
    }
}
