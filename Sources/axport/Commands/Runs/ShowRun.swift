import ArgumentParser
import Inventory
import Pipeline
import Records
import Stages

struct ShowRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one run: its summary, and what happened to the rows of each load.",
        discussion: """
            Examples:
              axport runs show last
              axport runs show last --from nightly.axport.yaml --json
            """
    )

    @Argument(help: "ID of the run, its beginning or its end, or `last`.")
    var id: String

    @OptionGroup var place: HistoryPlace

    @Flag(help: "Print the report as one line of JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let run = try find()
            let report = try RunReport(run)
            if json { return try Output.answer(report.jsonLine) }
            try Output.tell(RunDetails(report).text(Output.screen.tableColumns))
        }
    }

    private func find() throws -> RunRecord {
        var filter = RunFilter(limit: id == "last" ? 1 : nil)
        if id != "last" { filter.id = id }
        let known = try place.history(filter).runs
        if let exact = known.first(where: { $0.id == id }) { return exact }
        if let first = known.first, known.count == 1 || id == "last" { return first }
        if id == "last" { throw Failure(.usage, "no runs in \(try place.description)") }
        guard known.isEmpty else {
            let some = known.prefix(5).map(\.id).joined(separator: ", ")
            throw Failure(
                .usage,
                "\(known.count) runs begin or end with '\(id)': \(some)\(known.count > 5 ? ", …" : "")"
            )
        }
        let ids = try place.history(RunFilter()).runs.map(\.id)
        if let near = nearestName(to: id, in: ids) {
            throw Failure(.usage, "no run '\(id)'", advice: didYouMean(near))
        }
        throw Failure(.usage, "no run '\(id)'", advice: "`axport runs` lists the runs")
    }
}
