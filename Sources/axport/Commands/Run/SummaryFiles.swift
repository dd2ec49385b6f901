import Load
import Pipeline
import Records
import Stages

/// The files of `--summary`: one for all runs, or with `{source}` one for the runs of each source.
struct SummaryFiles {
    private let pattern: String
    private let startedAt: Timestamp
    /// The day of `{date}`.
    private let moment: Timestamp
    /// Those known before the runs, by their paths.
    private var known: [String: ReportFile] = [:]

    /// - Parameter sources: the sources that will run.
    /// - Throws: if a file cannot be written. It is better known before the first request than hours later.
    init(_ pattern: String, sources: [String], startedAt: Timestamp, at moment: Timestamp?) throws {
        for placeholder in pattern.matches(of: /\{([A-Za-z_]+)\}/) {
            let name = String(placeholder.output.1)
            if LoadContext.placeholders.contains(name) { continue }
            let problem = unknownName("placeholder", name, known: LoadContext.placeholders)
            throw Failure(.usage, "--summary: \(problem.message)", advice: problem.hint)
        }
        self.pattern = FilePlace.absolute(pattern)
        self.startedAt = startedAt
        self.moment = moment ?? startedAt
        for path in Self.paths(self.pattern, of: sources, at: self.moment) { known[path] = try ReportFile(path) }
    }

    /// The files of these sources. With `{run}` their names are not complete yet.
    static func paths(_ pattern: String, of sources: [String], at moment: Timestamp) -> [String] {
        let sources = pattern.contains("{source}") ? sources : [""]
        return Set(sources.map { path(pattern, run: "{run}", source: $0, at: moment) }).sorted()
    }

    private static func path(_ pattern: String, run: String, source: String, at moment: Timestamp) -> String {
        LoadContext(runID: run, source: source, startedAt: moment).filled(pattern)
    }

    /// Writes each run into its file. Files without a run say why.
    ///
    /// - Parameters:
    ///   - code: the exit code of the command.
    ///   - problem: why some files have no runs.
    func write(_ reports: [RunReport], code: Outcome, problem: Failure?) {
        var byPath = Dictionary(grouping: reports) {
            Self.path(pattern, run: $0.runID, source: $0.source, at: moment)
        }
        if !pattern.contains("{run}") {
            for path in known.keys where byPath[path] == nil { byPath[path] = [] }
        }
        let isWhole = !pattern.contains("{source}") && !pattern.contains("{run}")
        for (path, reports) in byPath.sorted(by: { $0.key < $1.key }) {
            let own = isWhole || reports.isEmpty ? code : Outcome(ofRuns: reports.map(\.code))
            let document = SummaryJSON(
                reports,
                startedAt: startedAt,
                code: own,
                problem: isWhole || reports.isEmpty ? problem : nil
            )
            do {
                try (known[path] ?? ReportFile(path)).replace(with: document.text + "\n")
            } catch {
                Output.log(LogRecord(.warning, Failure(of: error), of: "--summary: "))
            }
        }
    }
}
