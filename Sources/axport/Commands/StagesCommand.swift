import ArgumentParser
import Pipeline
import Stages

struct StagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages",
        abstract: "Describes the stages of pipeline files and their settings.",
        discussion: """
            Examples:
              axport stages
              axport stages postgres
            """
    )

    @Argument(help: "Name of a stage. Default: a list of all stages.", completion: .stage)
    var name: String?

    @Flag(help: "Print the whole reference as Markdown, as in pipelines/README.md.")
    var markdown = false

    func run() async throws {
        try await reporting {
            if markdown {
                try Output.answer(Composition.catalog.reference)
            } else if let name {
                try Output.answer(Composition.catalog.reference(of: name))
            } else {
                try Output.answer(Composition.catalog.overview)
            }
        }
    }
}
