import ArgumentParser

@main
struct Axport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "axport",
        abstract:
            "Moves an organisation's Apple devices from Apple Business or School Manager into the systems that need them.",
        discussion: """
            A pipeline file says what to ask of Apple, what to do with it and where to put it. Begin with
            `axport demo`, which needs no Apple account.

            Exit codes: 0 all done, 3 partial, 64 usage, 65 refused by a guard, 69 source unavailable,
            73 destination failed, 75 locked, 77 credentials refused, 78 pipeline file invalid, 130 interrupted.
            """,
        version: axportVersion,
        subcommands: [
            DemoCommand.self, RunCommand.self, CheckCommand.self, PreviewCommand.self, ExportCommand.self,
            SandboxCommand.self, StagesCommand.self,
        ]
    )
}

let axportVersion = "0.1.0"
