import Inventory
import Pipeline
import Records
import Stages

extension HistoryPlace {
    /// The run that a person names: its ID, the beginning or the end of it, or `last`.
    func run(_ id: String) throws -> RunRecord {
        var filter = RunFilter(limit: id == "last" ? 1 : nil)
        if id != "last" { filter.id = id }
        let known = try history(filter).runs
        if let exact = known.first(where: { $0.id == id }) { return exact }
        if let first = known.first, known.count == 1 || id == "last" { return first }
        if id == "last" { throw Failure(.usage, "no runs in \(try description)") }
        guard known.isEmpty else {
            let some = known.prefix(5).map(\.id).joined(separator: ", ")
            throw Failure(
                .usage,
                "\(known.count) runs begin or end with '\(id)': \(some)\(known.count > 5 ? ", …" : "")"
            )
        }
        let ids = try history(RunFilter()).runs.map(\.id)
        if let near = nearestName(to: id, in: ids) {
            throw Failure(.usage, "no run '\(id)'", advice: didYouMean(near))
        }
        throw Failure(.usage, "no run '\(id)'", advice: "`axport runs` lists the runs")
    }
}
