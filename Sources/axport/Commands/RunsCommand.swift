import ArgumentParser
import Inventory
import Pipeline
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Shows the history of runs: what each run did, and since when a pipeline fails.",
        discussion: """
            Each inventory keeps its latest \(Inventory.keptRuns) runs (`keep_runs`), including each `axport export` that \
            asked Apple, and runs that ended because another run held the inventory (exit code 75). Listing them does \
            not block a run. With --stale, exit code 1 means that no recent run succeeded.

            Examples:
              axport runs --from nightly.axport.yaml --limit 5
              axport runs --from nightly.axport.yaml --stale 26h
            """,
        subcommands: [ListRuns.self, ShowRun.self],
        defaultSubcommand: ListRuns.self
    )
}

struct ListRuns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the latest runs, newest first (the default).",
        discussion: """
            Examples:
              axport runs list
              axport runs list --from nightly.axport.yaml --json
            """
    )

    @OptionGroup var place: HistoryPlace

    @Option(
        help: ArgumentHelp("Number of runs. Default: 20, and always the latest of each inventory.", valueName: "N")
    )
    var limit: Int?

    private static let usual = 20

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
        if stale != nil, limit != nil || json {
            throw ValidationError("--stale cannot be combined with --limit or --json")
        }
    }

    func run() async throws {
        try await reporting {
            if let stale {
                let check = StaleCheck(limit: stale, now: .now)
                return try check.answer(
                    place.inventories.map { check.verdict(of: $0.pipeline, source: $0.source, at: $0.path) }
                )
            }
            let known = try place.history(limit: limit ?? Self.usual)
            let runs = limit.map { Array(known.runs.prefix($0)) } ?? known.newest(Self.usual)
            if json {
                for run in runs { try Output.answer(RunReport(run).jsonLine) }
            } else if runs.isEmpty {
                Output.note("no runs in \(try place.description)")
            } else {
                try Output.tell(RunTable.text(runs, Output.screen.tableColumns))
            }
        }
    }
}

struct ShowRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one run: its summary, and what happened to the rows of each load.",
        discussion: """
            Examples:
              axport runs show last
              axport runs show last --from nightly.axport.yaml --json
            """
    )

    @Argument(help: "ID of the run or the beginning of it, or `last`.")
    var id: String

    @OptionGroup var place: HistoryPlace

    @Flag(help: "Print the report as one line of JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let run = try find()
            let report = try RunReport(run)
            if json { return try Output.answer(report.jsonLine) }
            try Output.tell(RunDetails(report).text(Output.screen.tableColumns))
        }
    }

    /// More than any inventory stores.
    private static let all = 1_000_000_000

    private func find() throws -> RunRecord {
        let known = try place.runs(limit: id == "last" ? 1 : Self.all, prefix: id == "last" ? "" : id)
        if let exact = known.first(where: { $0.id == id }) { return exact }
        if let only = known.first, known.count == 1 { return only }
        if id == "last" { throw Failure(.usage, "no runs in \(try place.description)") }
        guard known.isEmpty else {
            let some = known.prefix(5).map(\.id).joined(separator: ", ")
            throw Failure(.usage, "\(known.count) runs begin with '\(id)': \(some)\(known.count > 5 ? ", …" : "")")
        }
        let ids = try place.runs(limit: Self.all).map(\.id)
        if let near = nearestName(to: id, in: ids) {
            throw Failure(.usage, "no run '\(id)'", advice: didYouMean(near))
        }
        throw Failure(.usage, "no run '\(id)'", advice: "`axport runs` lists the runs")
    }
}

/// The pipeline files and sources whose history a command shows.
struct HistoryPlace: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Show the runs of this pipeline file's inventories. Default: all inventories in the default folder.",
            valueName: "FILE"
        ),
        completion: .pipelineFile
    )
    var pipeline: String?

    @OptionGroup var sources: SourceOptions

    func validate() throws {
        if pipeline == nil, sources.shard != nil { throw ValidationError("--shard requires --from FILE") }
    }

    var description: String {
        get throws { try pipeline.map { "the inventories of \($0)" } ?? Composition.environment.inventoryFolder() }
    }

    /// The latest runs, newest first.
    func runs(limit: Int, prefix: String = "") throws -> [RunRecord] {
        Array(try history(limit: limit, prefix: prefix).runs.prefix(limit))
    }

    /// - Parameter limit: the number of runs of each inventory.
    func history(limit: Int, prefix: String = "") throws -> History {
        var histories: [ArraySlice<RunRecord>] = []
        for path in try inventories.map(\.path) where Inventory.exists(at: path) {
            do {
                histories.append(try Inventory.runs(at: path, limit: limit, prefix: prefix)[...])
            } catch {
                // A damaged inventory does not hide the others.
                Output.log(LogRecord(.warning, Failure(of: error)))
            }
        }
        return History(histories)
    }

    /// An inventory and its source, with the pipeline's name if the command names one.
    struct Place {
        let pipeline: String?
        let source: String
        let path: String
    }

    var inventories: [Place] {
        get throws {
            if let pipeline {
                let planning = Composition.planning(startedAt: .now, choice: sources.choice)
                let planned = try PipelineFiles(planning).plans(pipeline)
                try sources.check(against: planned.sourceNames)
                return try planned.plans.map {
                    Place(pipeline: $0.name, source: $0.source.name, path: try $0.inventoryPath)
                }
            }
            let folder = try Composition.environment.inventoryFolder()
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let known = names.filter { $0.hasSuffix(".sqlite") }.map { String($0.dropLast(".sqlite".count)) }.sorted()
            try sources.check(against: known)
            return known.filter { sources.names.isEmpty || sources.names.contains($0) }.map {
                Place(pipeline: nil, source: $0, path: "\(folder)/\($0).sqlite")
            }
        }
    }
}

/// Runs of several inventories, newest first.
struct History {
    private(set) var runs: [RunRecord] = []
    /// The ID of the latest run of each inventory.
    private let latest: Set<String>

    /// Runs of one inventory keep their order, whatever the clock said when they began.
    init(_ histories: [ArraySlice<RunRecord>]) {
        latest = Set(histories.compactMap(\.first?.id))
        var rest = histories
        while true {
            let heads = rest.enumerated().compactMap { index, rest in rest.first.map { (index, $0.startedAt) } }
            guard let next = heads.max(by: { ($0.1, $1.0) < ($1.1, $0.0) }) else { return }
            runs.append(rest[next.0].removeFirst())
        }
    }

    /// This many runs, and the latest run of every inventory: people look for an organization without a run for a week.
    func newest(_ count: Int) -> [RunRecord] {
        runs.enumerated().filter { $0.offset < count || latest.contains($0.element.id) }.map(\.element)
    }
}
