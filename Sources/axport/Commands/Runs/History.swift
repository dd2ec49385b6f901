import Inventory

/// Runs of several inventories, newest first.
struct History {
    private(set) var runs: [RunRecord] = []
    /// The pipelines that fail now, and since when.
    let failing: [FailingSince]
    /// The ID of the latest run of each inventory.
    private let latest: Set<String>

    /// Runs of one inventory keep their order, whatever the clock said when they began.
    init(_ histories: [ArraySlice<RunRecord>], failing: [FailingSince]) {
        self.failing = failing
        latest = Set(histories.compactMap(\.first?.id))
        var rest = histories
        while true {
            let heads = rest.enumerated().compactMap { index, rest in rest.first.map { (index, $0.startedAt) } }
            guard let next = heads.max(by: { ($0.1, $1.0) < ($1.1, $0.0) }) else { return }
            runs.append(rest[next.0].removeFirst())
        }
    }

    /// This many runs, and the latest run of every inventory: people look for an organization without a run for a week.
    func newest(_ count: Int) -> [RunRecord] {
        runs.enumerated().filter { $0.offset < count || latest.contains($0.element.id) }.map(\.element)
    }
}
