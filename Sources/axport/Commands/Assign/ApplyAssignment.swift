import ArgumentParser
import Assign
import Pipeline
import Records
import Stages

struct ApplyAssignment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Sends what a plan says, and proves for each device that it landed.",
        discussion: """
            Asks for the number of devices on a terminal; elsewhere, --yes is needed. Devices that have moved since the \
            plan was made are left out. What has landed is not sent again, so a plan can be applied again.

            With --auto, the rules of a file are planned and applied in one go, within the limits of the file, and nobody \
            is asked.

            Examples:
              axport assign apply plan.ndjson --yes
              axport assign apply --auto new-devices.axport.yaml
            """
    )

    @Argument(help: "The plan.", completion: .file(extensions: ["ndjson"]))
    var plan: String?

    @Option(
        help: ArgumentHelp("Plan by the rules of this file, and apply at once, unattended.", valueName: "FILE"),
        completion: .pipelineFile
    )
    var auto: String?

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var source: AssignFile

    func validate() throws {
        if (plan == nil) == (auto == nil) { throw ValidationError("name a plan, or a file with --auto") }
    }

    func run() async throws {
        try await reporting {
            let now = Timestamp.now
            let (applied, pipeline, isOverdue): (AppliedAssignment, String, Bool)
            if let auto {
                let job = try source.job(auto, at: now)
                let done = try await AssignRun.showing(job) { progress in
                    try await job.automatic(
                        at: now,
                        by: AssignRun.author,
                        progress: progress,
                        connect: Composition.connectToAct,
                        note: Output.note
                    )
                }
                try PlanTable(planned: done.planned).show()
                applied = done.applied
                pipeline = auto
                isOverdue = done.planned.overdue > 0
            } else {
                let path = plan ?? ""
                let text = try PipelineFiles.text(of: path, else: .usage)
                let glance = try PlanGlance(text, path: path)
                let job = try source.job(glance.file, at: now)
                try job.require(text, path: path)
                try Confirmation.require(glance, yes: yes)
                (pipeline, isOverdue) = (glance.file, false)
                applied = try await AssignRun.showing(job) { progress in
                    try await job.applied(
                        text,
                        path: path,
                        by: AssignRun.author,
                        progress: progress,
                        connect: Composition.connectToAct,
                        note: Output.note
                    )
                }
            }
            try AssignRun.tell(applied, of: pipeline)
            let code = applied.code == .done && isOverdue ? .partial : applied.code
            if code != .done { throw ExitCode(code.rawValue) }
        }
    }
}
