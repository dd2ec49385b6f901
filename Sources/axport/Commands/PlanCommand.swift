import ArgumentParser
import Pipeline
import Records

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What tonight's run would ask Apple for; asks nothing and writes nothing.",
        discussion: """
            Why a device is asked for: new (never asked), unknown (no answer the last time), changed (an event, a \
            return or --full says so), due (a date that Apple named has come), old (its share of max_age). With several \
            sources, each has its table or its line.
            """
    )

    @Argument(help: "Pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Another value for a setting, such as source.rate=5.", valueName: "KEY=VALUE")
    )
    var overrides: [String] = []

    @OptionGroup var sources: SourceOptions

    @Flag(help: "As one line of JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let now = Timestamp.now
            let planned = try House.plans(file, startedAt: now, overrides: overrides, sources: sources)
            try sources.check(against: planned.sourceNames)
            for plan in planned.plans {
                let forecast = try plan.forecast(at: now)
                Output.answer(
                    json
                        ? ForecastJSON(forecast).text
                        : ForecastTable(forecast: forecast, showsSource: plan.isOneOfSeveral).text
                )
            }
        }
    }
}
