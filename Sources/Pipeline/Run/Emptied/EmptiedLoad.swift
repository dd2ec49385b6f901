import Inventory
import Records
import Stages

extension Plan {
    /// Why no row reaches a load: how many rows each filter leaves, and the values that the one saw which left none.
    func emptying(of load: LoadPlan, from inventory: Inventory, context: LoadContext) async throws -> String {
        var tallies: [FilterTally] = []
        func tallied(_ steps: [Step<any Transformer>]) -> [Step<any Transformer>] {
            steps.map { step in
                let tally = FilterTally(step.origin.stage)
                tallies.append(tally)
                return Step(origin: step.origin, stage: TalliedTransform(transformer: step.stage, tally: tally))
            }
        }
        var plan = self
        plan.transforms = tallied(transforms)
        let own = tallied(load.transforms)
        var rows = try plan.rows(of: load.dataset, from: inventory, order: .firstSeen, context: context)
        var chain = try Chain(own, from: rows.output, context: context, progress: nil)
        var left = 0
        do {
            // Its findings are those of the load, which has them already.
            var findings = Findings()
            while var batch = try await rows.next(&findings) {
                try chain.apply(&batch, findings: &findings)
                left += batch.count
                findings = Findings()
            }
            while let batch = try chain.next(&findings) { left += batch.count }
        } catch {
            await rows.end()
            throw error
        }
        await rows.end()
        return Self.text(tallies, read: rows.count, left: left, dataset: load.dataset)
    }

    private static func text(_ tallies: [FilterTally], read: Int, left: Int, dataset: Dataset) -> String {
        if read == 0 { return "the dataset \(dataset.rawValue) has no rows" }
        let culprit = tallies.first { $0.taken > 0 && $0.left == 0 }
        // Behind it, no transform had any row.
        let told = tallies.prefix { $0 !== culprit }.filter(\.isFilter) + [culprit].compactMap(\.self)
        var parts = told.map(\.text) + (culprit?.values ?? [])
        if left > 0 {
            parts.append(
                "\(counted(left, "row")) of devices that left the organization \(left == 1 ? "is" : "are") not taken"
            )
        }
        return parts.joined(separator: "; ").controlsVisible
    }
}
