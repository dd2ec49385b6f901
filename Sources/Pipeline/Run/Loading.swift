import Inventory
import Records
import Stages

extension Plan {
    /// Runs the loads of the datasets with this time. Loads that read the same dataset in the same order share one pass
    /// over it. Each is a separate transaction, so a failed one does not affect the others. Loads with a temporary
    /// failure are retried after all others, each time in a separate pass. If nothing interrupts them, the rejects in
    /// the inventory are then brought up to date.
    ///
    /// - Parameter turns: those of all loads of the command.
    /// - Returns: the findings about the values.
    func load(
        _ time: Dataset.LoadTime,
        from inventory: Inventory,
        limit: Int?,
        context: LoadContext,
        turns: Turns = Turns(),
        progress: RunProgress
    ) async throws -> RejectBook {
        let context = context.reading(RowOrigin(inventory, pipeline: pipeline.ofFile))
        let loads = try await pending({ $0.time == time }, from: inventory, context: context)
        // What an earlier pass has judged and counted.
        let earlier = time == .atTheEnd ? Set(self.loads.filter { $0.time != time }.map(\.dataset)) : []
        var passes = PlannedPass.passes(of: loads)
        // Loading the rejects must not change them.
        let isKept = time != .afterRejects && !passes.isEmpty
        var book = try RejectBook(for: self, in: inventory, context, isKept: isKept)
        if passes.contains(where: { $0.dataset.isMain && !earlier.contains($0.dataset) }) { try book.addUnreadable() }
        var read = earlier
        while !passes.isEmpty {
            var unreachable: [String: Failure] = [:]
            var retries: [PlannedPass] = []
            do {
                for (index, planned) in passes.enumerated() {
                    let places = planned.places(context)
                    try await turns.take(places) { progress.wait(forTurnOf: planned.loads, context) }
                    defer { turns.end(places) }
                    progress.beginTurn()
                    let othersFollow = passes[(index + 1)...].contains { $0.dataset == planned.dataset }
                    let isFirst = read.insert(planned.dataset).inserted
                    let reading: Pass.Reading =
                        isFirst ? .first(othersFollow: othersFollow) : planned.isRetry ? .again : .further
                    let rows = try self.rows(
                        of: planned.dataset,
                        from: inventory,
                        order: planned.order,
                        limit: limit,
                        known: reading.countsShared ? book.known : .none,
                        context: context,
                        progress: isFirst ? progress : nil
                    )
                    var pass = try Pass(
                        over: rows,
                        reading,
                        loads: planned.loads,
                        known: book.known,
                        context: context,
                        progress: progress
                    )
                    try await pass.run(&book, &unreachable)
                    for load in pass.failed { book.add(failed: load) }
                    for key in pass.settled { try inventory.settle(key) }
                    for (load, entry) in pass.emptied {
                        entry.explain(try await emptying(of: load, from: inventory, context: context))
                    }
                    if !pass.retries.isEmpty {
                        retries.append(PlannedPass(dataset: planned.dataset, order: planned.order, loads: pass.retries))
                    }
                }
                if let wait = retries.flatMap(\.loads).compactMap(\.wait).max() { try await Task.sleep(for: wait) }
            } catch {
                progress.giveUp(Failure(of: error))
                throw error
            }
            passes = retries
        }
        try book.settle()
        return book
    }
}

/// The loads that share one pass over a dataset.
private struct PlannedPass {
    let dataset: Dataset
    let order: RowOrder
    var loads: [PendingLoad]

    static func passes(of loads: [PendingLoad]) -> [PlannedPass] {
        var passes: [PlannedPass] = []
        for load in loads {
            let (dataset, order) = (load.plan.dataset, load.plan.order)
            if let index = passes.firstIndex(where: { $0.dataset == dataset && $0.order == order }) {
                passes[index].loads.append(load)
            } else {
                passes.append(PlannedPass(dataset: dataset, order: order, loads: [load]))
            }
        }
        return passes
    }

    /// What the loads change.
    func places(_ context: LoadContext) -> Set<String> {
        Set(loads.flatMap { $0.plan.loader.places($0.plan.output, context) })
    }

    /// Whether the loads have read these rows before.
    var isRetry: Bool { loads.contains { $0.failures > 0 } }
}
