import ArgumentParser

/// For `make install` and `make package`.
struct InstallationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "installation",
        abstract: "Writes what belongs beside the binary: manual pages, completions, pipelines, and SQL.",
        shouldDisplay: false
    )

    @Argument(help: "Folder to write to; its folder share/ is created if missing.", completion: .directory)
    var prefix: String

    @Option(help: ArgumentHelp("Date of the manual pages, such as 2026-11-29.", valueName: "DATE"))
    var date: String

    func run() async throws {
        try await reporting { try Installation(date: date).write(to: prefix) }
    }
}
