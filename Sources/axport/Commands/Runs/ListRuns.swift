import ArgumentParser
import Inventory
import Pipeline
import Records
import Stages

struct ListRuns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the latest runs, newest first, and why they failed (the default).",
        discussion: """
            With several sources, the default is the latest run of each, those that failed last (--latest).

            Examples:
              axport runs list --from nightly.axport.yaml --json
              axport runs list --latest --failed
            """
    )

    @OptionGroup var place: HistoryPlace

    @Option(
        help: ArgumentHelp("Number of runs. Default: 20, and always the latest of each inventory.", valueName: "N")
    )
    var limit: Int?

    private static let usual = 20

    @Flag(help: "List the latest run of each pipeline and source.")
    var latest = false

    @Flag(help: "List only runs that did not finish everything.")
    var failed = false

    @Option(
        help: ArgumentHelp(
            "List all runs that began since then: a day (UTC) such as 2026-11-27, or a duration such as 2d.",
            valueName: "DATE|DURATION"
        )
    )
    var since: String?

    @Flag(help: "Print the report of each run as one line of JSON, newest first.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Exit with 1 unless a run succeeded (exit code 0) within this time, such as 26h: of the pipeline for each of "
                + "its sources, or of any pipeline on each inventory.",
            discussion: "Runs with --offline and exports do not count, because they update nothing.",
            valueName: "DURATION"
        )
    )
    var stale: Period?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
        if stale != nil, limit != nil || json || latest || failed || since != nil {
            throw ValidationError(
                "--stale cannot be combined with --limit, --json, --latest, --failed, or --since"
            )
        }
    }

    func run() async throws {
        try await reporting {
            let inventories = try place.inventories
            if let stale {
                let check = StaleCheck(limit: stale, now: .now)
                return try check.answer(
                    inventories.map { check.verdict(of: $0.pipeline, source: $0.source, at: $0.path) }
                )
            }
            let isOpen = limit == nil && since == nil && !failed && !json
            let showsLatest = latest || isOpen && Set(inventories.map(\.path)).count > 1
            let beginning = try beginning
            let history = try place.history(filter(since: beginning, onlyLatest: showsLatest))
            let runs = chosen(history, all: showsLatest || since != nil)
            if json {
                for run in runs { try Output.answer(RunReport(run).jsonLine) }
            } else if runs.isEmpty {
                let began = beginning.map { " since \(RunTable.moment($0)) (UTC)" } ?? ""
                Output.note("no \(failed ? "failed runs" : "runs")\(began) in \(try place.description)")
            } else {
                try tell(runs, history, showsLatest: showsLatest)
                if showsLatest, !latest {
                    Output.log(LogRecord(hint: "`axport runs --limit 20` lists all runs, newest first"))
                }
            }
        }
    }

    private var beginning: Timestamp? {
        get throws {
            try since.map { text in
                guard let since = Since(text) else { throw Since.refusal(text, "a day or a duration", now: .now) }
                return since.moment(before: .now)
            }
        }
    }

    private func filter(since: Timestamp?, onlyLatest: Bool) -> RunFilter {
        var filter = RunFilter(limit: limit ?? (since == nil && !onlyLatest ? Self.usual : nil))
        filter.since = since
        filter.onlyFailed = failed
        filter.onlyLatest = onlyLatest
        return filter
    }

    private func chosen(_ history: History, all: Bool) -> [RunRecord] {
        if let limit { return Array(history.runs.prefix(limit)) }
        return all ? history.runs : history.newest(Self.usual)
    }

    private func tell(_ runs: [RunRecord], _ history: History, showsLatest: Bool) throws {
        let columns = Output.screen.tableColumns
        let table = showsLatest ? LatestRunsTable.text(runs, columns) : RunTable.text(runs, columns)
        let causes = RunCauses(runs.compactMap { try? RunReport($0) }, failing: history.failing).lines
        try Output.tell(([table] + (causes.isEmpty ? [] : [""] + causes)).joined(separator: "\n"))
    }
}
