import ArgumentParser
import Pipeline
import Records
import Stages

struct SourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "Lists the organizations of a pipeline file: inventory, last success, and waiting devices.",
        discussion: """
            Needs no keys: a variable, file, or command that is missing here is unknown. `axport check FILE` tries them. \
            Waiting devices are those that the latest run left to the next one. A row of a table that cannot be used has \
            its problem in the list, with the line.

            With --json, a scheduler can start a run for each source: `axport run FILE --source NAME`.

            Examples:
              axport sources nightly.axport.yaml
              axport sources nightly.axport.yaml --shard 1/4 --json
            """
    )

    @Argument(help: "Pipeline file.", completion: .pipelineFile)
    var file: String

    @OptionGroup var options: PipelineOptions

    @Flag(help: "Print one line of JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let now = Timestamp.now
            let environment = Composition.environment.withoutSecrets
            let reader = try options.files(startedAt: now, in: environment, needsLoad: false)
            let planned = try reader.plans(file, needsAllSources: false)
            try options.sources.check(against: planned.sourceNames)
            let list = SourceListing(planned, choice: options.sources.choice, at: now)
            if json { return try Output.answer(list.jsonLine) }
            if list.sources.isEmpty {
                return Output.note("no source of \(file) is selected")
            }
            try Output.tell(list.text(Output.screen.tableColumns, at: now))
        }
    }
}
