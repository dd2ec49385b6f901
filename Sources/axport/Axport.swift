import ArgumentParser
import Pipeline
import Records
import Stages

struct Axport: AsyncParsableCommand {
    static let introduction = """
        A pipeline file says what to read from Apple, how to transform it, and where to load it. \
        Start with `axport demo`, which needs no Apple account.
        """

    static let configuration = CommandConfiguration(
        commandName: "axport",
        abstract: """
            Copies device records from Apple Business Manager or Apple School Manager into the systems that need them.
            """,
        discussion: """
            \(introduction)

            Exit codes:
            \(Outcome.allCases.map { "\($0.rawValue)".padded(to: 5) + $0.meaning }.joined(separator: "\n"))
            """,
        version: axportVersion,
        subcommands: [
            DemoCommand.self, InitCommand.self, RunCommand.self, CheckCommand.self, DoctorCommand.self,
            PlanCommand.self, PreviewCommand.self, TestCommand.self, AssignCommand.self, UnassignCommand.self,
            MigrationCommand.self, ReleaseCommand.self,
            RunsCommand.self, SourcesCommand.self, ShowCommand.self, DiffCommand.self, ReportCommand.self,
            ExportCommand.self,
            NormalizeCommand.self, SandboxCommand.self, StagesCommand.self, SchemaCommand.self,
            InstallationCommand.self,
        ]
    )
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
