import ArgumentParser
import Pipeline
import Records
import Stages

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "Shows what a run would ask Apple for and what its loads would write, without asking or changing anything.",
        discussion: """
            The first table counts the requests and gives the reason for each: new (never asked), unknown (no answer \
            last time), changed (by an event, a return, or --full), due (a date from Apple has passed), or old (the \
            share of max_age).

            The second table counts the rows that each load would insert, update, and retire. Each load runs with the \
            data in the inventory and is rolled back. Changes that Apple reports in the meantime are not included.

            Exit codes are those of `axport run`. With --detailed-exitcode, 2 means that a load would change something. The \
            dataset `runs` and reports do not count: every run is in them.

            Examples:
              axport plan nightly.axport.yaml
              axport plan nightly.axport.yaml --detailed-exitcode --json
            """
    )

    @Argument(help: "Pipeline file.", completion: .pipelineFile)
    var file: String

    @OptionGroup var options: PipelineOptions

    @OptionGroup var at: AtOption

    @Flag(help: "Print one line of JSON.")
    var json = false

    @Flag(help: "Exit with 2 if there is no error and a load would change something.")
    var detailedExitcode = false

    func run() async throws {
        try await reporting {
            let now = Timestamp.now
            let planned = try options.files(startedAt: now, at: at.moment).plans(file, needsAllSources: false)
            try options.sources.check(against: planned.sourceNames)
            let outlooks = try await Interrupt.cancelling { [json] in
                try await Self.outlooks(of: planned.plans, at: now, json: json)
            }
            // One that cannot be used leaves the others alone, as in a run.
            Output.log(planned.problemsOfSources.byCause.map { LogRecord($0) })
            let left = planned.failedReports(startedAt: now).map(\.code)
            let code = Outcome(ofRuns: outlooks.map(\.code) + left)
            if code != .done { throw ExitCode(code.rawValue) }
            if detailedExitcode, outlooks.contains(where: \.changesAnything) { throw Self.somethingWouldChange }
        }
    }

    /// As in `terraform plan -detailed-exitcode`. No other command uses this exit code.
    static let somethingWouldChange = ExitCode(2)

    private static func outlooks(of plans: [Plan], at now: Timestamp, json: Bool) async throws -> [Outlook] {
        var outlooks: [Outlook] = []
        for plan in plans {
            let outlook = try await plan.outlook(at: now)
            try Task.checkCancellation()
            if json {
                try Output.answer(OutlookJSON(outlook).text)
            } else {
                let columns = Output.screen.tableColumns
                let requests = ForecastTable(forecast: outlook.requests, showsSource: plan.isOneOfSeveral)
                try Output.tell(requests.text(columns) + "\n\n" + LoadTable(loads: outlook.loads).text(columns))
            }
            outlooks.append(outlook)
        }
        return outlooks
    }
}
