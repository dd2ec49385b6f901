import ArgumentParser
import Inventory
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

    @Option(help: "Format. Default: that of the file's name, otherwise csv.")
    var format: FileFormat?

    @Option(help: "For csv: who reads the file, machine or excel.", completion: .list(["machine", "excel"]))
    var profile: String?

    @Option(help: ArgumentHelp("For csv: character between fields, or tab.", valueName: "CHARACTER"))
    var delimiter: String?

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

    @OptionGroup var selection: ExportSelection

    @OptionGroup var sources: SourceOptions

    @Flag(help: "Also read AppleCare coverage, with one request per device.")
    var coverage = false

    @Option(
        help: ArgumentHelp(
            "Accept that up to N devices missing from a refused list of devices have left.",
            valueName: "N"
        )
    )
    var acceptRemovals: Int?

    @Flag(help: "Export from the inventory without asking Apple.")
    var offline = false

    @OptionGroup var at: AtOption

    @OptionGroup var log: LogOptions

    @OptionGroup var waiting: WaitOption

    func validate() throws {
        guard let acceptRemovals else { return }
        if acceptRemovals < 1 { throw ValidationError("--accept-removals must be 1 or more") }
        if offline { throw ValidationError("--accept-removals changes the inventory, and --offline does not") }
        if let pipeline {
            throw ValidationError(
                "with --from, use `axport run \(pipeline.asShellWord) --accept-removals \(acceptRemovals)`"
            )
        }
    }

    func run() async throws {
        log.begin()
        try await reporting {
            let startedAt = Timestamp.now
            let load = try load
            let plan = try plan(load, startedAt: startedAt)
            let (rows, list) = try selection.rows(of: plan.loads[0].dataset)
            var options = RunOptions()
            options.selection = rows
            options.acceptRemovals = acceptRemovals
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
                let ending = ExportEnding(
                    report: report,
                    list: list,
                    condition: condition,
                    isOffline: offline,
                    leavesOutRemoved: selection.removed == nil
                )
                for note in ending.notes { Output.note(note) }
            } else {
                Output.log(Summary(report: report, columns: Output.messages.tableColumns).records)
            }
            try report.exitUnlessDone()
        }
    }

    private func plan(_ load: ExportLoad, startedAt: Timestamp) throws -> Plan {
        let planning = Composition.planning(startedAt: startedAt, at: at.moment, choice: sources.choice)
        // An export has its own name, so that `axport runs` does not count it as a run of the pipeline.
        let own = [(name: "load", value: load.section)]
        let plan =
            if let pipeline {
                try PipelineFiles(planning).onePlan(pipeline, runName: "export", sections: own)
            } else {
                try naming { () throws(PlanError) in
                    try planning.onePlan(for: PipelineText(command: "export", sections: account + own))
                }
            }
        if !offline { try Composition.check(plan) }
        return plan
    }

    /// Names the option for what a pipeline file would say.
    private func naming(_ plan: () throws(PlanError) -> Plan) throws(PlanError) -> Plan {
        do {
            return try plan()
        } catch {
            throw PlanError(
                error.diagnostics.map { diagnostic in
                    let stages = ["the extract stage 'coverage' adds it", "the transform 'applecare' adds it"]
                    guard let hint = diagnostic.hint, stages.contains(hint) else { return diagnostic }
                    var own = diagnostic
                    own.hint = "--coverage adds it"
                    return own
                }
            )
        }
    }

    private var account: [(name: String, value: ConfigNode)] {
        AccountVariables(Composition.environment).sections(coverage: coverage)
    }

    private var load: ExportLoad {
        get throws {
            let format = try FileFormat(format, writing: output, toTerminal: Output.stdoutIsTerminal)
            for (option, value) in [("--profile", profile), ("--delimiter", delimiter)] where value != nil {
                guard format == .csv else {
                    throw Failure(.usage, "\(option) is for csv, and this export writes \(format.rawValue)")
                }
            }
            return ExportLoad(
                format: format,
                output: output,
                dataset: dataset,
                columns: columns,
                condition: condition,
                profile: profile,
                delimiter: delimiter
            )
        }
    }
}
