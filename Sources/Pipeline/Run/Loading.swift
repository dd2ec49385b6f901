import Inventory
import Records
import Stages

extension Plan {
    /// Runs some of the loads. Those that read the same dataset in the same order share one pass over it; each is a
    /// transaction of its own, so that one that fails leaves the others alone. Those that failed for a reason that may
    /// pass are tried again when all others are done, each time in a pass of their own.
    ///
    /// - Returns: what was found about the values.
    func load(
        _ chosen: (LoadPlan) -> Bool,
        from inventory: Inventory,
        limit: Int?,
        context: LoadContext,
        progress: RunProgress
    ) async throws -> RejectBook {
        var passes: [(dataset: Dataset, order: RowOrder, loads: [PendingLoad])] = []
        for load in try pending(chosen, from: inventory, context: context) {
            let (dataset, order) = (load.plan.dataset, load.plan.order)
            if let index = passes.firstIndex(where: { $0.dataset == dataset && $0.order == order }) {
                passes[index].loads.append(load)
            } else {
                passes.append((dataset, order, [load]))
            }
        }
        // Values are refused while the others load.
        passes.sort { $0.dataset != .rejects && $1.dataset == .rejects }
        // What an earlier run refused stays until the devices are read again.
        if passes.contains(where: { $0.dataset == .devices }) { try inventory.clearRejects() }
        var book = RejectBook(inventory: inventory, run: context.runID)
        if passes.contains(where: { $0.dataset == .devices }) { try book.addUnreadable() }
        var read: Set<Dataset> = []
        while !passes.isEmpty {
            var unreachable: [String: Failure] = [:]
            var retries: [(dataset: Dataset, order: RowOrder, loads: [PendingLoad])] = []
            do {
                for (index, (dataset, order, loads)) in passes.enumerated() {
                    let isFirst = read.insert(dataset).inserted
                    var pass = try Pass(
                        reader: ReadAhead(
                            DatasetReader(inventory, dataset, devices: devices, order: order, limit: limit)
                        ),
                        transforms: dataset == .devices ? transforms : [],
                        loads: loads,
                        context: context,
                        progress: progress,
                        isFirst: isFirst,
                        isRepeated: isFirst && passes[(index + 1)...].contains { $0.dataset == dataset }
                    )
                    try await pass.run(&book, &unreachable)
                    for key in pass.settled { try inventory.settle(key) }
                    if !pass.retries.isEmpty { retries.append((dataset, order, pass.retries)) }
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
