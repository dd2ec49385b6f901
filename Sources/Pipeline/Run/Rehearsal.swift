import Inventory
import Records
import Stages

/// What a run without its loads finds.
struct Rehearsal {
    /// The file of the pipeline as `--from` names it, and the source where there are several.
    private let origin: String
    private(set) var book: RejectBook
    private(set) var rows = 0

    /// Takes all rows through the transforms that they will go through when they are loaded. The refused values stay
    /// in the inventory, so that they can be looked at when nothing is loaded because of them.
    init(_ plan: Plan, from inventory: Inventory, limit: Int?, context: LoadContext) throws {
        let source = plan.isOneOfSeveral ? " --source \(plan.source.name.asShellWord)" : ""
        origin = plan.file.asShellWord + source
        book = RejectBook(inventory: inventory, run: context.runID)
        // As when they are loaded: what an earlier run refused stays until the devices are read again.
        if plan.loads.contains(where: { $0.dataset == .devices }) {
            try inventory.clearRejects()
            try book.addUnreadable()
        }
        for dataset in Dataset.allCases where ![.rejects, .runs].contains(dataset) {
            let loads = plan.loads.filter { $0.dataset == dataset }
            if loads.isEmpty { continue }
            let schema = dataset == .devices ? plan.devices : dataset.schema
            var reader = DatasetReader(inventory, dataset, devices: plan.devices, order: .firstSeen, limit: limit)
            let shared = dataset == .devices ? plan.transforms : []
            var chain = try Chain(shared, from: schema, context: context, progress: nil)
            var branches = try loads.map {
                try Chain($0.transforms, from: chain.output, context: context, progress: nil)
            }
            var findings = Findings()
            func branch(_ batch: Batch) throws {
                var own = Findings()
                for index in branches.indices {
                    var (copy, found) = (batch, Findings())
                    try branches[index].apply(&copy, findings: &found)
                    own.merge(found)
                }
                findings.add(own)
                try book.add(findings)
                findings = Findings()
            }
            while var batch = try reader.next(rejects: &findings.rejects) {
                try Task.checkCancellation()
                rows += batch.count
                try chain.apply(&batch, findings: &findings)
                try branch(batch)
            }
            while let batch = try chain.next(&findings) { try branch(batch) }
            for index in branches.indices { while try branches[index].next(&findings) != nil {} }
            try book.add(findings)
        }
    }

    func check(_ limit: RejectLimit) throws(Failure) {
        guard limit.isExceeded(by: book.count, ofRows: rows) else { return }
        throw Failure(
            .partial,
            """
            \(counted(book.count, "value")) of \(counted(rows, "row")) \(book.count == 1 ? "was" : "were") refused, more than \
            --max-rejects \(limit); nothing was loaded
            """,
            advice: "look at them with `axport export --from \(origin) --dataset rejects --offline`, or allow more"
        )
    }
}
