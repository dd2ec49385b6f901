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
            let run = try place.run(id)
            let report = try RunReport(run)
            if json { return try Output.answer(report.jsonLine) }
            try Output.tell(RunDetails(report).text(Output.screen.tableColumns))
        }
    }
}
