import ArgumentParser
import Inventory
import Load
import Pipeline
import Records
import Stages

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Updates the inventory from Apple, and loads its data into the destinations.",
        discussion: """
            Runs the pipeline files one after another. If a source or a load fails, the others still run, and the exit \
            code says so.

            Exit codes: 0 all done, 3 partly done, 65 a guard refused bad data, 69 Apple is unavailable, 73 a destination \
            failed, 75 locked or out of time, 77 Apple denied the credentials, 78 the pipeline file is invalid.

            Examples:
              axport run nightly.axport.yaml
              axport run nightly.axport.yaml --offline --json
            """
    )

    @Argument(help: "Pipeline files, run one after another.", completion: .pipelineFile)
    var files: [String]

    @Flag(help: "Load from the inventory without asking Apple.")
    var offline = false

    @Flag(help: "Read all lists, coverage, and Activation Lock again, even if they are fresh.")
    var full = false

    @Option(help: ArgumentHelp("Read at most N devices. Retires nothing.", valueName: "N"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Load nothing (exit code 3) if more values are rejected: a number, or a percentage of the rows.",
            valueName: "N|P%"
        )
    )
    var maxRejects: RejectLimit?

    @Option(
        help: ArgumentHelp(
            "Retire the devices missing from a refused list, at most N. With several sources, requires --source.",
            valueName: "N"
        )
    )
    var acceptRemovals: Int?

    @OptionGroup var options: PipelineOptions

    @OptionGroup var log: LogOptions

    @Option(
        help: ArgumentHelp(
            "Time limit for requests to Apple, such as 90m, for all files and sources together. Then load what is known.",
            valueName: "DURATION"
        )
    )
    var maxTime: Period?

    @OptionGroup var waiting: WaitOption

    @Flag(help: "Print the report of each run to stdout, as one line of JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Write the reports of all runs to a file, as one JSON document, even if a run fails.",
            valueName: "FILE"
        ),
        completion: .file()
    )
    var summary: String?

    @Option(help: "Level of detail on stderr. debug adds the HTTP library's account of failed transfers.")
    var logLevel = LogLevel.info

    func validate() throws {
        if let summary, FilePlace.isStandardOutput(summary) {
            throw ValidationError("--summary needs a file; use --json to print to stdout")
        }
        try PipelineFiles.requireDistinct(files)
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
        if let acceptRemovals {
            if acceptRemovals < 1 { throw ValidationError("--accept-removals must be 1 or more") }
            if limit != nil {
                throw ValidationError(
                    "--limit and --accept-removals exclude each other: with --limit, nothing is retired"
                )
            }
        }
        if offline && full { throw ValidationError("--full and --offline exclude each other") }
    }

    func run() async throws {
        log.begin()
        try await reporting {
            let startedAt = Timestamp.now
            // All files are checked before the first run.
            var refused: String?
            let planned = Result { try plan(startedAt: startedAt, refused: &refused) }
            try requireOwnSummary((try? planned.get()) ?? [])
            // Before the first request, so that an unwritable destination is not found hours later.
            let file = try summary.map { try ReportFile(FilePlace.absolute($0)) }
            var told = ToldRuns()
            var problem: (any Error)?
            do {
                told = try await runAll(planned.get(), startedAt: startedAt)
            } catch {
                problem = error
            }
            var code = problem.map { Failure(of: $0).code } ?? Outcome(ofRuns: told.reports.map(\.code))
            if let file {
                let document = SummaryJSON(told.reports, startedAt: startedAt, code: code, problem: problem)
                do {
                    try file.replace(with: document.text + "\n")
                } catch {
                    Output.log(LogRecord(.warning, Failure(of: error), of: "--summary: "))
                }
            }
            if let problem {
                if let refused { try await tell(of: refused, problem, startedAt: startedAt) }
                throw problem
            }
            if let lost = told.lost {
                Output.log(LogRecord(.error, lost, of: "--json: "))
                if code == .done { code = lost.code }
            }
            if code != .done { throw ExitCode(code.rawValue) }
        }
    }

    /// - Parameter refused: receives the first file that cannot be run.
    private func plan(startedAt: Timestamp, refused: inout String?) throws -> [PipelinePlans] {
        let reader = try options.files(startedAt: startedAt)
        var planned: [PipelinePlans] = []
        for file in files {
            refused = file
            planned.append(try reader.plans(file, needsAllSources: false))
        }
        refused = nil
        try options.sources.check(against: planned.flatMap(\.sourceNames))
        return planned
    }

    /// Notifies the receivers in the file that it cannot be run, unless only the command line is wrong.
    private func tell(of file: String, _ problem: any Error, startedAt: Timestamp) async throws {
        let failure = Failure(of: problem)
        guard !offline, failure.code != .usage,
            let named = try options.files(startedAt: startedAt).notices(of: file)
        else { return }
        var notices = RunNotices([], startedAt: startedAt)
        notices.refuse(named, failure)
        await notices.finish()
    }

    /// The summary must not replace files that the runs need or write.
    private func requireOwnSummary(_ planned: [PipelinePlans]) throws {
        guard let summary else { return }
        let sight = FilePlace.look(summary)
        let use =
            files.contains { $0 != "-" && FilePlace.look($0).isSameFile(as: sight) }
            ? "a pipeline file" : planned.lazy.compactMap { $0.use(of: sight) }.first
        if let use {
            throw Failure(
                .usage,
                "--summary: \(FilePlace.absolute(summary)) is \(use)",
                advice: "name another file"
            )
        }
    }

    private func runAll(_ planned: [PipelinePlans], startedAt: Timestamp) async throws -> ToldRuns {
        let all = planned.flatMap(\.plans)
        let plans = maxTime == nil ? all : all.longestWaitingFirst(at: startedAt)
        try refuseManySources(planned.flatMap(\.sourceNames))
        let failed = planned.flatMap { planned in
            planned.failedReports(startedAt: startedAt).map { ($0, AfterRun(of: planned)) }
        }
        if plans.isEmpty, failed.isEmpty, let shard = options.sources.shard {
            Output.note("nothing to do: shard \(shard) contains no source")
        }
        var options = RunOptions()
        options.offline = offline
        options.full = full
        options.limit = limit
        options.maxRejects = maxRejects
        options.acceptRemovals = acceptRemovals
        options.patience = waiting.patience
        options.deadline = maxTime.map {
            RunDeadline(instant: .now + .seconds($0.seconds), setting: "--max-time \($0)")
        }
        let notices = RunNotices(offline ? [] : planned, startedAt: startedAt)
        return try await Interrupt.cancelling { [options, json, logLevel] in
            var told = ToldRuns()
            var notices = notices
            for (report, afterRun) in failed {
                told.tell(report, showsSource: true, json: json)
                afterRun.take(report)
                notices.take(report, of: nil)
            }
            for plan in plans {
                notices.begin(plan.pipeline.path)
                let report = await Self.report(plan, options, startedAt: startedAt, logLevel)
                told.tell(report, showsSource: plan.isOneOfSeveral, json: json)
                AfterRun(of: plan).take(report)
                notices.take(report, of: plan)
                if report.code == .interrupted { break }
            }
            await notices.finish()
            return told
        }
    }

    /// `--accept-removals` applies to the list of one organization.
    private func refuseManySources(_ known: [String]) throws {
        let chosen = Set(options.sources.names.isEmpty ? known : options.sources.names)
        guard acceptRemovals != nil, chosen.count > 1 else { return }
        throw Failure(
            .usage,
            "--accept-removals applies to one source, but several run: \(chosen.sorted().joined(separator: ", "))",
            advice: "choose one with --source"
        )
    }

    static func report(
        _ plan: Plan,
        _ options: RunOptions,
        startedAt: Timestamp,
        _ logLevel: LogLevel = .info
    ) async -> RunReport {
        let progress = RunProgress()
        return await ProgressLine.showing(progress, of: plan.source.name, isOneOfSeveral: plan.isOneOfSeveral) {
            await plan.run(options, startedAt: startedAt, progress: progress, connect: Composition.connect(logLevel))
        }
    }
}

extension RejectLimit: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
