import ArgumentParser
import Load
import Pipeline
import Records
import Stages

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Exports devices or another dataset once, without a load in a pipeline file.",
        discussion: """
            The source comes from a pipeline file (--from), with its extract and transform sections, or from the \
            environment: AXPORT_CLIENT_ID, AXPORT_KEY_ID, and AXPORT_PRIVATE_KEY_FILE. Set AXPORT_PLATFORM, \
            AXPORT_API_URL, and AXPORT_TOKEN_URL if it is not Apple Business Manager.

            Exit codes are those of `axport run`.

            Examples:
              axport export --from nightly.axport.yaml --offline -o devices.csv
              axport export --from nightly.axport.yaml --dataset rejects --offline
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, ndjson }

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("Pipeline file whose source, extract, and transform sections to use.", valueName: "FILE"),
        completion: .pipelineFile
    )
    var pipeline: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Condition for the rows: a SQL expression over the columns.", valueName: "EXPRESSION")
    )
    var condition: String?

    @Option(
        help: ArgumentHelp("Columns in this order, separated by commas. Default: all.", valueName: "NAMES"),
        completion: .columns
    )
    var columns: String?

    @Option(help: "Format: csv or ndjson.")
    var format = Format.csv

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("File to write. - is stdout.", valueName: "FILE"),
        completion: .file()
    )
    var output = "-"

    @Option(
        help: ArgumentHelp(
            "Dataset to export instead of devices: \(Dataset.allCases.dropFirst().map(\.rawValue).joined(separator: ", "))."
        ),
        completion: .dataset
    )
    var dataset: String?

    @OptionGroup var sources: SourceOptions

    @Flag(help: "Also read AppleCare coverage, with one request per device.")
    var coverage = false

    @Flag(help: "Export from the inventory without asking Apple.")
    var offline = false

    @OptionGroup var at: AtOption

    @OptionGroup var log: LogOptions

    @OptionGroup var waiting: WaitOption

    func run() async throws {
        log.begin()
        try await reporting {
            let startedAt = Timestamp.now
            let plan = try plan(startedAt: startedAt)
            var options = RunOptions()
            options.offline = offline
            options.isSnapshot = offline
            options.forgetsNothing = true
            options.patience = waiting.patience
            let report = try await Interrupt.cancelling { [options] in
                await FileRuns.report(plan, options, startedAt: startedAt)
            }
            // The reader has closed its pipe, as `head` does: it does not want the rest.
            if report.stages.contains(where: { $0.failure == .readerLeft }) { return }
            if report.code == .done {
                Output.note(Self.closing(report))
            } else {
                Output.log(Summary(report: report, columns: Output.messages.tableColumns).records)
            }
            try report.exitUnlessDone()
        }
    }

    private func plan(startedAt: Timestamp) throws -> Plan {
        let planning = Composition.planning(startedAt: startedAt, at: at.moment, choice: sources.choice)
        // An export has its own name, so that `axport runs` does not count it as a run of the pipeline.
        let own = [(name: "load", value: load)]
        let plan =
            if let pipeline {
                try PipelineFiles(planning).onePlan(pipeline, runName: "export", sections: own)
            } else {
                try planning.onePlan(for: PipelineText(command: "export", sections: account + own))
            }
        if !offline { try Composition.check(plan) }
        return plan
    }

    private var account: [(name: String, value: ConfigNode)] {
        AccountVariables(Composition.environment).sections(coverage: coverage)
    }

    private var load: ConfigNode {
        var settings: [(String, ConfigNode)] = [
            ("file", .scalar(output, origin: "--output", base: Composition.environment.base)),
            ("order", .scalar("serial", origin: "export")),
        ]
        if let dataset { settings.append(("from", .scalar(dataset, origin: "--dataset"))) }
        if let columns {
            let names = columns.split(separator: ",").map { name in
                ConfigNode.scalar(name.split(separator: " ").joined(separator: " "), origin: "--columns")
            }
            settings.append(("columns", .list(names, origin: "--columns")))
        }
        if let condition {
            let stage = ConfigNode.map([("where", .scalar(condition, origin: "--where"))], origin: "--where")
            settings.append(("transform", .list([stage], origin: "--where")))
        }
        let loader = ConfigNode.map([(format.rawValue, .map(settings, origin: "export"))], origin: "export")
        return .list([loader], origin: "export")
    }

    private static func closing(_ report: RunReport) -> String {
        let written = report.stages.reduce(0) { $0 + $1.counts.written + ($1.kind == .load ? $1.counts.unchanged : 0) }
        let refused = report.rejects.values.reduce(0, +)
        return "\(counted(written, "row")) in \(ProgressLine.duration(report.seconds))"
            + (refused > 0 ? "; \(counted(refused, "value")) rejected and left empty" : "")
    }
}
