import ArgumentParser
import Pipeline
import Records
import Stages

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "What a run would ask Apple for and what its loads would write; asks Apple nothing and changes nothing.",
        discussion: """
            Why a device is asked for: new (never asked), unknown (no answer the last time), changed (an event, a \
            return or --full says so), due (a date that Apple named has come), old (its share of max_age). 

            Loads do their work on what the inventory knows now, and take it back: rows to insert, to update (with the \
            columns that differ) and to retire, files that would change, and whatever would be refused. What Apple has \
            to say tonight comes on top. Exit codes are those of a run. With several sources, each has its tables or \
            its line.
            """
    )

    @Argument(help: "Pipeline file.", completion: .pipelineFile)
    var file: String

    @OptionGroup var options: PipelineOptions

    @Flag(help: "As one line of JSON.")
    var json = false

    @Flag(help: "Exit with 2 when all is well and a load would change something, so that scripts can tell.")
    var detailedExitcode = false

    func run() async throws {
        try await reporting {
            let now = Timestamp.now
            let planned = try options.files(startedAt: now).plans(file)
            try options.sources.check(against: planned.sourceNames)
            let outlooks = try await Interrupt.cancelling { [json] in
                try await Self.outlooks(of: planned.plans, at: now, json: json)
            }
            let code = Records.ExitCode(ofRuns: outlooks.map(\.code))
            if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
            if detailedExitcode, outlooks.contains(where: \.changesAnything) { throw Self.somethingWouldChange }
        }
    }

    /// As in `terraform plan -detailed-exitcode`; not one of our exit codes.
    private static let somethingWouldChange = ArgumentParser.ExitCode(2)

    private static func outlooks(of plans: [Plan], at now: Timestamp, json: Bool) async throws -> [Outlook] {
        var outlooks: [Outlook] = []
        for plan in plans {
            let outlook = try await plan.outlook(at: now)
            try Task.checkCancellation()
            try Output.answer(
                json
                    ? OutlookJSON(outlook).text
                    : ForecastTable(forecast: outlook.requests, showsSource: plan.isOneOfSeveral).text + "\n\n"
                        + LoadTable(loads: outlook.loads).text
            )
            outlooks.append(outlook)
        }
        return outlooks
    }
}
