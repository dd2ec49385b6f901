import Inventory
import Records
import Stages

/// What a run would reject: the same run with destinations that store nothing.
struct RejectCheck {
    /// The pipeline file for `--from`, and the source if there are several.
    private let origin: String
    let book: RejectBook

    /// The rejected values stay in the inventory, so that they can be examined if nothing is loaded because of them.
    init(_ plan: Plan, from inventory: Inventory, limit: Int?, context: LoadContext) async throws {
        let source = plan.isOneOfSeveral ? " --source \(plan.source.name.asShellWord)" : ""
        origin = plan.file.asShellWord + source
        var plan = plan
        for index in plan.loads.indices {
            plan.loads[index].loader = StandIn(plan.loads[index].loader.destination, NoOutput())
            // All loads of a dataset share one pass.
            plan.loads[index].order = .firstSeen
        }
        let progress = RunProgress()
        book = try await plan.load(
            .withTheRest,
            from: inventory,
            limit: limit,
            context: context.rehearsing,
            progress: progress
        )
        try progress.requireNoFailure()
    }

    func require(_ limit: RejectLimit) throws(Failure) {
        guard limit.isExceeded(by: book.count, ofRows: book.rows) else { return }
        throw Failure(
            .partial,
            """
            \(counted(book.count, "value")) of \(counted(book.rows, "row")) \(book.count == 1 ? "was" : "were") rejected, more \
            than --max-rejects \(limit); nothing was loaded
            """,
            advice: "list them with `axport export --from \(origin) --dataset rejects --offline`, or allow more"
        )
    }
}
