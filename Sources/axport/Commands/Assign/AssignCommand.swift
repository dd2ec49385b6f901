import ArgumentParser
import Assign
import Pipeline
import Records
import Stages

struct AssignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: "Assigns devices to device management services, by rules: plan, review, apply.",
        discussion: """
            `assign plan` shows what the rules of a file would do, and sends GET requests only. `assign apply` sends what \
            a plan says, and proves for each device that it landed. Activities that other people start cannot be seen.

            Exit codes: 0 all landed or nothing to do, 3 a device has not landed, or may not have, or is overdue, 65 a \
            limit was exceeded, or the plan is not valid, 75 an earlier activity is open, or Apple limits the requests.

            Examples:
              axport assign plan new-devices.axport.yaml -o plan.ndjson
              axport assign apply plan.ndjson --yes
            """,
        subcommands: [PlanAssignment.self, ApplyAssignment.self, AssignmentStatus.self, ResumeAssignment.self]
    )
}

/// The file with the rules, and one of its sources.
struct AssignFile: ParsableArguments {
    @OptionGroup var options: PipelineOptions
    @OptionGroup var waiting: WaitOption

    func job(_ file: String, at now: Timestamp) throws -> AssignJob {
        try AssignJob(try options.files(startedAt: now).onePlan(file), patience: waiting.patience)
    }
}

struct PlanAssignment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what the rules of a file would do, and writes it as a plan to review. Changes nothing.",
        discussion: """
            The plan is NDJSON: a header, then a line for each device that would be sent, or left alone and why. It can be \
            applied for 24 hours, as it was written. Beyond a limit of the file, no plan is written (exit code 65).

            Examples:
              axport assign plan new-devices.axport.yaml -o plan.ndjson
              axport assign plan new-devices.axport.yaml --detailed-exitcode
            """
    )

    @Argument(help: "Pipeline file with the section `assign`.", completion: .pipelineFile)
    var file: String

    @Option(name: .shortAndLong, help: "Write the plan to this file.", completion: .file())
    var output: String?

    @OptionGroup var source: AssignFile

    @Flag(help: "Exit with 2 if there is no error and the plan would send a device.")
    var detailedExitcode = false

    func run() async throws {
        try await reporting {
            let now = Timestamp.now
            let job = try source.job(file, at: now)
            let planned = try await AssignRun.showing(job) { progress in
                try await job.planned(at: now, progress: progress, connect: Composition.connect(.info))
            }
            try PlanTable(planned: planned).show(writingTo: output)
            if planned.overdue > 0 { throw ExitCode(Outcome.partial.rawValue) }
            if detailedExitcode, planned.sent > 0 { throw PlanCommand.somethingWouldChange }
        }
    }
}
