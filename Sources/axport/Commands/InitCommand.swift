import ArgumentParser
import Records

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Prints what a scheduler needs to run a pipeline every night.",
        discussion: """
            Prints one file. Its comments say where to put it and what to do next. axport writes nothing, and needs \
            and prints no secret.

            Examples:
              axport init --schedule systemd nightly.axport.yaml
              axport init --schedule cron nightly.axport.yaml
            """
    )

    @Option(help: "The scheduler: \(ScheduleKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var schedule: ScheduleKind?

    @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
    var pipeline: String?

    func run() async throws {
        try await reporting {
            guard let schedule, let pipeline else {
                throw Failure(
                    .usage,
                    "init needs --schedule KIND and a pipeline file",
                    advice: "for example `axport init --schedule systemd nightly.axport.yaml`"
                )
            }
            let needs = try PipelineNeeds(of: pipeline, under: schedule.service)
            try Output.answer(schedule.text(for: needs))
        }
    }
}
