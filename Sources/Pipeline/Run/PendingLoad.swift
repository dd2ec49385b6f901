import Records
import Stages

/// A load to run, and its results so far.
struct PendingLoad {
    let plan: LoadPlan
    /// Its entry in the report; nil before the first try.
    private(set) var entry: StageEntry?
    /// How often it failed.
    private(set) var failures = 0

    /// Its key in the inventory and the rows that it may lose, if a person accepted a removal.
    let key: String?
    let permitted: [Batch]

    init(_ plan: LoadPlan, key: String? = nil, permitted: [Batch] = []) {
        self.plan = plan
        self.key = key
        self.permitted = permitted
    }

    /// The wait before the next try.
    var wait: Duration? { failures == 0 ? nil : plan.loader.retryWaits[failures - 1] }

    func mayBeTriedAgain(after failure: Failure) -> Bool {
        failure.isTransient && failures < plan.loader.retryWaits.count
    }

    /// The same load after another failure.
    func again(reportedIn entry: StageEntry) -> PendingLoad {
        var next = self
        next.entry = entry
        next.failures += 1
        return next
    }
}
