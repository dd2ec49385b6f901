import Inventory
import Records
import Stages

extension Plan {
    /// Runs some of the loads. Loads that read the same dataset in the same order share one pass over it. Each is a
    /// separate transaction, so a failed one does not affect the others. Loads with a temporary failure are retried
    /// after all others, each time in a separate pass.
    ///
    /// - Returns: the findings about the values.
    func load(
        _ chosen: (LoadPlan) -> Bool,
        from inventory: Inventory,
        limit: Int?,
        context: LoadContext,
        progress: RunProgress
    ) async throws -> RejectBook {
        var passes: [PlannedPass] = []
        for load in try await pending(chosen, from: inventory, context: context) {
            let (dataset, order) = (load.plan.dataset, load.plan.order)
            if let index = passes.firstIndex(where: { $0.dataset == dataset && $0.order == order }) {
                passes[index].loads.append(load)
            } else {
                passes.append(PlannedPass(dataset: dataset, order: order, loads: [load]))
            }
        }
        passes.sort { $0.dataset.loadTime < $1.dataset.loadTime }
        var book = RejectBook(inventory: inventory, run: context.runID)
        // Earlier rejects stay until a run reads the devices again.
        if passes.contains(where: \.dataset.isMain) {
            try inventory.clearRejects()
            try book.addUnreadable()
        }
        var read: Set<Dataset> = []
        while !passes.isEmpty {
            var unreachable: [String: Failure] = [:]
            var retries: [PlannedPass] = []
            do {
                for (index, planned) in passes.enumerated() {
                    let othersFollow = passes[(index + 1)...].contains { $0.dataset == planned.dataset }
                    let isFirst = read.insert(planned.dataset).inserted
                    let reading: Pass.Reading =
                        isFirst ? .first(othersFollow: othersFollow) : planned.isRetry ? .again : .further
                    let rows = try self.rows(
                        of: planned.dataset,
                        from: inventory,
                        order: planned.order,
                        limit: limit,
                        context: context,
                        progress: isFirst ? progress : nil
                    )
                    var pass = try Pass(over: rows, reading, loads: planned.loads, context: context, progress: progress)
                    try await pass.run(&book, &unreachable)
                    for key in pass.settled { try inventory.settle(key) }
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
        return book
    }
}

/// The loads that share one pass over a dataset.
private struct PlannedPass {
    let dataset: Dataset
    let order: RowOrder
    var loads: [PendingLoad]

    /// Whether the loads have read these rows before.
    var isRetry: Bool { loads.contains { $0.failures > 0 } }
}
