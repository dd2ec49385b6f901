import ArgumentParser
import Pipeline
import Stages

struct StagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages",
        abstract: "Describes the stages and sections of pipeline files, and the language of expressions.",
        discussion: """
            Examples:
              axport stages expressions
              axport stages postgres
            """
    )

    @Argument(
        help: "Name of a stage, a section, or a topic such as expressions. Default: a list of all of them.",
        completion: .reference
    )
    var name: String?

    @Flag(help: "Print the whole reference as Markdown, as in pipelines/README.md.")
    var markdown = false

    func run() async throws {
        try await reporting {
            if markdown {
                try Output.answer(Composition.catalog.reference)
            } else if let name {
                let page = try Composition.catalog.reference(of: name)
                try Output.answer(ScreenPage(page, columns: Output.screen.columns).text)
            } else {
                try Output.answer(overview(columns: Output.screen.columns))
            }
        }
    }

    private func overview(columns: Int?) -> String {
        let groups = Composition.catalog.overview.map { title, terms in
            "\(title)\n" + TermList(terms: terms.map { ($0.name, $0.meaning) }, indent: 2).text(columns: columns)
        }
        let hint = "`axport stages NAME` shows one with its settings."
        return (groups + [Output.screen.wrapped(hint)]).joined(separator: "\n\n")
    }
}
