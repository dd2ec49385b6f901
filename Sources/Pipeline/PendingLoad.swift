import Records

/// A load that is to be done, and what came of it so far.
struct PendingLoad {
    let plan: LoadPlan
    /// Where the report counts it; nil before the first try.
    private(set) var entry: (index: Int, meter: StageMeter)?
    /// Why it failed, once for each try.
    private(set) var failures: [Failure] = []

    init(_ plan: LoadPlan) { self.plan = plan }

    /// How long the next try has to wait.
    var wait: Duration? { failures.isEmpty ? nil : plan.loader.retryWaits[failures.count - 1] }

    /// The load after one more failure; nil when that is final.
    func failing(with failure: Failure) -> PendingLoad? {
        guard failure.isTransient, failures.count < plan.loader.retryWaits.count else { return nil }
        var next = self
        next.failures.append(failure)
        return next
    }

    func reported(in entry: (index: Int, meter: StageMeter)) -> PendingLoad {
        var next = self
        next.entry = entry
        return next
    }
}
