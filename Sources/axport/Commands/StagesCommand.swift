import ArgumentParser
import Pipeline
import Stages

struct StagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages",
        abstract: "Reference of every stage and its settings."
    )

    @Argument(help: "One stage; all when left out.", completion: .stage)
    var name: String?

    @Flag(help: "The whole page as Markdown, as in pipelines/README.md.")
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
