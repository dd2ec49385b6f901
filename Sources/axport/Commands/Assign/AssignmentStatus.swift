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
            Works also while another command assigns devices. The dataset `assignments_log` has everything.

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

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be 1 or more") }
    }

    func run() async throws {
        try await reporting {
            let standing = try await source.job(file, at: .now).standing(latest: limit)
            if json {
                for entry in standing.latest { try Output.answer(entry.jsonLine) }
                return
            }
            if standing.latest.isEmpty {
                Output.note("axport has sent no device yet")
            } else {
                try Output.answer(VerdictTable(standing.latest, showsTime: true).text)
            }
            for waiting in standing.waiting.prefix(limit) {
                Output.note("waits since \(waiting.since): \(waiting.serialNumber) (rule \(waiting.rule))")
            }
            if standing.waiting.count > limit { Output.note("\(standing.waiting.count) serial numbers wait in all") }
            if standing.unknown > 0 {
                Output.note(counted(standing.unknown, "device is unknown", "devices are unknown"))
                AssignRun.tellResume(file)
            }
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
            try AssignRun.tell(applied, of: file)
            if applied.code != .done { throw ExitCode(applied.code.rawValue) }
        }
    }
}
