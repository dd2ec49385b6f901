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
            Runs the sources of the pipeline files side by side (--jobs), those that have waited longest first. If a \
            source or a load fails, the others still run, and the exit code says so. A file that is invalid does not run; the others do, and the exit code is 78. Several sources \
            or files end with a table, those that failed last, and with each cause once.

            Each run first looks at the destinations of its loads. If none of them can be loaded, it ends before Apple is \
            asked. Faults of some, and those that may pass, are told at once, and the run goes on.

            Exit codes: 0 all done, 3 partly done, 65 bad data (refused by guards alone, or by all loads), 69 Apple is \
            unavailable, 73 a destination failed, 75 locked or out of time, 77 Apple denied the credentials, \
            78 the pipeline file is invalid.

            Examples:
              axport run nightly.axport.yaml
              axport run nightly.axport.yaml --offline --json
            """
    )

    @Argument(help: "Pipeline files to run.", completion: .pipelineFile)
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

    @OptionGroup var at: AtOption

    @OptionGroup var log: LogOptions

    @Option(
        help: ArgumentHelp(
            "Time limit for requests to Apple, such as 90m, for all files and sources together. Then load what is known.",
            valueName: "DURATION"
        )
    )
    var maxTime: Period?

    @Option(
        help: ArgumentHelp(
            "Number of sources that run side by side. Default: `jobs` in the file, else 8. With 1, one after another.",
            valueName: "N"
        )
    )
    var jobs: Jobs?

    @OptionGroup var waiting: WaitOption

    @Flag(help: "Print the report of each run to stdout, as one line of JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            """
            Write the reports of all runs to a file, as one JSON document, even if a run fails. With {source} in its \
            name, each source has its own file. {date} and {run} are replaced, too.
            """,
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
            let files = try PlannedFiles(files, options, startedAt: startedAt, at: at.moment)
            for refused in files.refused { Output.log(refused.records) }
            try requireOwnSummary(files.planned, startedAt: startedAt)
            let summaries = try summary.map {
                try SummaryFiles($0, sources: chosenSources(files), startedAt: startedAt, at: at.moment)
            }
            let told = try await runAll(files, startedAt: startedAt)
            let outcome = told.reports.outcome
            var code = outcome == .interrupted ? outcome : files.code ?? outcome
            summaries?.write(told.reports, code: code, problem: files.problem)
            told.end(code, since: startedAt)
            if let lost = told.lost {
                Output.log(LogRecord(.error, lost, of: "--json: "))
                if code == .done { code = lost.code }
            }
            if code != .done { throw ExitCode(code.rawValue) }
        }
    }

    private func runAll(_ files: PlannedFiles, startedAt: Timestamp) async throws -> ToldRuns {
        let queue = queue(files, startedAt: startedAt)
        try refuseManySources(files.planned.flatMap(\.sourceNames))
        if queue.count == 0, files.refused.isEmpty, let shard = options.sources.shard,
            files.planned.allSatisfy({ $0.failedReports(startedAt: startedAt).isEmpty })
        {
            Output.note("nothing to do: shard \(shard) contains no source")
        }
        let runs = FileRuns(options: runOptions, startedAt: startedAt, json: json, logLevel: logLevel)
        return try await runs.run(
            queue,
            of: files,
            telling: offline ? [] : receivers(files.refused, startedAt: startedAt),
            details: details
        )
    }

    /// With fewer runs side by side than asked for, if this process may not open enough files.
    private func queue(_ files: PlannedFiles, startedAt: Timestamp) -> RunQueue {
        let queue = RunQueue(files.planned, jobs: jobs, isShortOfTime: maxTime != nil, at: startedAt)
        let room = queue.areSideBySide ? DescriptorLimit.room(forRuns: queue.width) : queue.width
        guard room < queue.width else { return queue }
        let few = Failure(
            .done,
            "\(room) sources run side by side instead of \(queue.width), because this process may not open more files",
            advice: "raise the limit with `ulimit -n`, or with LimitNOFILE in a systemd unit"
        )
        Output.log(LogRecord(.warning, few))
        return RunQueue(queue, width: room)
    }

    private var runOptions: RunOptions {
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
        return options
    }

    /// Those whom a file tells that it cannot be run.
    private func receivers(
        _ refused: [PlannedFiles.Refused],
        startedAt: Timestamp
    ) throws -> [(notices: NamedNotices, failure: Failure)] {
        let reader = try options.files(startedAt: startedAt)
        return refused.compactMap { refused in reader.notices(of: refused.file).map { ($0, refused.failure) } }
    }

    private func chosenSources(_ files: PlannedFiles) -> [String] {
        files.sourceNames.filter(options.sources.choice.takes)
    }

    private var details: RunDetailsCommand {
        RunDetailsCommand(movesInventory: options.overrides.contains { $0.hasPrefix("inventory") })
    }

    /// The summary must not replace files that the runs need or write.
    private func requireOwnSummary(_ planned: [PipelinePlans], startedAt: Timestamp) throws {
        guard let summary else { return }
        let sources = planned.flatMap(\.sourceNames)
        for path in SummaryFiles.paths(summary, of: sources, at: at.moment ?? startedAt) {
            let sight = FilePlace.look(path)
            let use =
                files.contains { $0 != "-" && FilePlace.look($0).isSameFile(as: sight) }
                ? "a pipeline file" : planned.lazy.compactMap { $0.use(of: sight) }.first
            guard let use else { continue }
            throw Failure(.usage, "--summary: \(FilePlace.absolute(path)) is \(use)", advice: "name another file")
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
}

extension Jobs: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension RejectLimit: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
