import Inventory
import Pipeline
import Records
import Stages

/// The runs of a command that are still to come, and those that go on. Runs on one inventory never go on side by side.
struct RunQueue: Sendable {
    struct Entry: Sendable {
        /// Its place among all runs, in the order of the files.
        let number: Int
        let plan: Plan
        fileprivate let inventory: String?
        /// How many runs of its file may go on side by side.
        fileprivate let most: Int
        /// Whether it may wait for others. Before that, the free ones come first.
        fileprivate(set) var isLastTry = false
    }

    private var waiting: [Entry] = []
    private var running: [Entry] = []
    /// Organizations that other workers were running: they come last.
    private var postponed: [Entry] = []
    /// How many runs go on side by side at most.
    let width: Int

    var areSideBySide: Bool { width > 1 }

    /// - Parameters:
    ///   - jobs: for all files together; nil for what the files say.
    ///   - isShortOfTime: whether the time may not be enough for all.
    init(_ files: [PipelinePlans], jobs: Jobs?, isShortOfTime: Bool, at now: Timestamp) {
        for file in files {
            let most = (jobs ?? file.jobs ?? .usual).number
            for plan in file.plans {
                let inventory = (try? plan.inventoryPath).map { FilePlace.look($0).path }
                waiting.append(Entry(number: waiting.count, plan: plan, inventory: inventory, most: most))
            }
        }
        width = min(waiting.map(\.most).max() ?? 1, Set(waiting.map { $0.inventory ?? "\($0.number)" }).count)
        if isShortOfTime || areSideBySide { waiting = waiting.longestWaitingFirst(at: now) }
        if waiting.count == 1 { waiting[0].isLastTry = true }
    }

    /// The queue with fewer runs side by side.
    init(_ queue: RunQueue, width: Int) {
        waiting = queue.waiting
        self.width = width
    }

    var count: Int { waiting.count + running.count + postponed.count }

    /// The next run that may begin now; nil if none may, or if none is left.
    mutating func next() -> Entry? {
        guard running.count < width else { return nil }
        if waiting.isEmpty, running.isEmpty { (waiting, postponed) = (postponed, []) }
        let held = Set(running.compactMap(\.inventory))
        let index = waiting.firstIndex { entry in
            let beside = running.count { $0.plan.pipeline.path == entry.plan.pipeline.path }
            return beside < entry.most && entry.inventory.map(held.contains) != true
        }
        guard let index else { return nil }
        let entry = waiting.remove(at: index)
        running.append(entry)
        return entry
    }

    /// Puts a run off until all others have ended.
    mutating func postpone(_ entry: Entry) {
        var entry = entry
        entry.isLastTry = true
        postponed.append(entry)
    }

    mutating func end(_ number: Int) { running.removeAll { $0.number == number } }
}

extension [RunQueue.Entry] {
    /// Those whose last complete run is the longest ago. Runs of one inventory stay in their order.
    fileprivate func longestWaitingFirst(at now: Timestamp) -> Self {
        let served = map { entry in
            entry.inventory.flatMap { Inventory.lastServed(at: $0, asOf: now) }?.microseconds ?? .min
        }
        return indices.sorted { (served[$0], $0) < (served[$1], $1) }.map { self[$0] }
    }
}
