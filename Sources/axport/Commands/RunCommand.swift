import ArgumentParser
import Pipeline
import Records

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Brings the inventory up to date and loads."
    )

    @Argument(help: "Pipeline files, run one after another.", completion: .file(extensions: ["yaml", "yml"]))
    var files: [String]

    @Flag(help: "Load from the inventory; ask Apple nothing.")
    var offline = false

    @Flag(help: "Ask again for coverage that is still fresh.")
    var full = false

    @Option(help: ArgumentHelp("Only so many devices; nothing is retired then.", valueName: "N"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Load nothing (exit code 3) when more values are refused: a number, or a share of the rows.",
            valueName: "N|P%"
        )
    )
    var maxRejects: RejectLimit?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Another value for a setting, such as source.rate=5.", valueName: "KEY=VALUE")
    )
    var overrides: [String] = []

    @Flag(help: "The run's report as the last line of stdout, as JSON.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1") }
        if offline && full { throw ValidationError("--full asks Apple again, --offline asks nothing") }
    }

    func run() async throws {
        try await reporting {
            let startedAt = Timestamp.now
            // All files are checked before the first one runs.
            let plans = try files.map { try House.plan($0, startedAt: startedAt, overrides: overrides) }
            var options = RunOptions()
            options.offline = offline
            options.full = full
            options.limit = limit
            options.maxRejects = maxRejects
            var worst: RunReport?
            for plan in plans {
                let report = await Self.report(plan, options, startedAt: startedAt)
                Output.note(Summary(report: report).text)
                if json { Output.answer(ReportJSON(report).text) }
                if worst == nil || worst?.code == .done { worst = report }
                if report.code == .interrupted { break }
            }
            try worst?.exitUnlessDone()
        }
    }

    static func report(_ plan: Plan, _ options: RunOptions, startedAt: Timestamp) async
        -> RunReport
    {
        await Interrupt.cancelling {
            let progress = RunProgress()
            return await ProgressLine.showing(progress) {
                await plan.run(options, startedAt: startedAt, progress: progress, connect: House.connect)
            }
        }
    }
}

extension RejectLimit: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
