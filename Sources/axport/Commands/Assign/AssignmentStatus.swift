import ArgumentParser
import Assign
import Inventory
import Pipeline
import Records
import Stages

struct AssignmentStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the latest devices that axport has sent, with their verdicts. Asks Apple nothing.",
        discussion: """
            Examples:
              axport assign status new-devices.axport.yaml
              axport assign status new-devices.axport.yaml --limit 100
            """
    )

    @Argument(help: "Pipeline file with the section `assign`.", completion: .pipelineFile)
    var file: String

    @OptionGroup var source: AssignFile

    @Option(help: ArgumentHelp("Number of devices.", valueName: "N"))
    var limit = 20

    @Flag(help: "Print one line of JSON for each device.")
    var json = false

    func run() async throws {
        try await reporting {
            let entries = try source.job(file, at: .now).journal(limit)
            if json {
                for entry in entries { try Output.answer(entry.jsonLine) }
                return
            }
            if entries.isEmpty { return Output.note("axport has sent no device yet") }
            try Output.answer(AssignRun.table(entries))
        }
    }
}

struct ResumeAssignment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Finds out what became of devices whose verdict is unknown. Sends GET requests only.",
        discussion: """
            Examples:
              axport assign resume new-devices.axport.yaml
              axport assign resume new-devices.axport.yaml --wait 10m
            """
    )

    @Argument(help: "Pipeline file with the section `assign`.", completion: .pipelineFile)
    var file: String

    @OptionGroup var source: AssignFile

    func run() async throws {
        try await reporting {
            let job = try source.job(file, at: .now)
            let applied = try await AssignRun.showing(job) { progress in
                try await job.resumed(
                    by: AssignRun.author,
                    progress: progress,
                    connect: Composition.connectToAct,
                    note: Output.note
                )
            }
            try AssignRun.tell(applied)
            if applied.code != .done { throw ExitCode(applied.code.rawValue) }
        }
    }
}
