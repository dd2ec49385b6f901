import Inventory
import Records
import Stages

/// The plans of one pipeline file: the same stages for each of its sources.
package struct PipelinePlans: Sendable {
    /// One for each selected source, in the order of the file.
    package let plans: [Plan]
    /// The names of all sources in the file.
    package let sourceNames: [String]
    /// How many of them run side by side, if the file says so.
    package let jobs: Jobs?
    package let metrics: MetricsSettings?
    package let pipeline: PipelineName
    package let notify: NotifySettings
    package let tests: [TestCase]
    /// What the cases may depend on, but is not known here, such as a setting that is one reference.
    private let unknownInTests: [SourceLocation]
    /// Selected sources that are unusable, if the file has several.
    private let unusable: [UnusableSource]
    private let ownFiles: OwnFiles
    /// Every problem of the file but those of unusable sources. With problems, the plans have what could be read.
    package let problems: [Diagnostic]

    init(_ built: PlanBuilder, of text: PipelineText, root: ConfigNode, planning: Planning) {
        plans = built.plans
        sourceNames = built.sources.names
        jobs = built.jobs
        metrics = built.metrics
        pipeline = built.pipeline
        notify = built.notify
        tests = built.tests
        unknownInTests = built.hasTests ? built.problems.found.filter { $0.severity == .unjudged }.map(\.location) : []
        let references = References(in: root, planning.environment.secrets)
        unusable = built.sources.unusable.map { source in
            let own = References(in: source.node, planning.environment.secrets)
            let problem = PlanError(source.problem.diagnostics.map(own.shown))
            return UnusableSource(name: source.name, problem: problem, node: source.node)
        }
        var ownFiles = OwnFiles(root: root, file: text.file, environment: planning.environment)
        for plan in plans { ownFiles.add(plan) }
        if let metrics { ownFiles.add(metrics, of: pipeline.name, sources: sourceNames) }
        var problems = built.problems
        for plan in plans { problems.add(ownFiles.addLoads(of: plan, startedAt: planning.startedAt)) }
        self.ownFiles = ownFiles
        self.problems = problems.told.map(references.shown)
    }

    /// The unusable sources with their problems.
    package var unusableSources: [(name: String, problem: PlanError)] { unusable.map { ($0.name, $0.problem) } }

    /// The problems of unusable sources.
    package var problemsOfSources: [Diagnostic] { unusable.flatMap(\.problem.diagnostics) }

    /// What the pipeline uses a file for, so that nothing else may write it; nil if it does not use it.
    package func use(of file: FilePlace.Sight) -> String? { ownFiles.use(of: file) }

    /// Refuses a file with an unusable source.
    package func requireAllSources() throws(PlanError) {
        let problems = unusable.flatMap { source in
            source.problem.diagnostics.map { problem in
                var named = problem
                named.message += " (source '\(source.name)')"
                return named
            }
        }
        if !problems.isEmpty { throw PlanError(problems) }
    }

    /// Refuses a file whose cases cannot be run here.
    package func requireTests() throws(PlanError) {
        guard let place = unknownInTests.first else { return }
        throw PlanError([
            Diagnostic(
                "the cases cannot be run without this value",
                hint: "set the variable that it comes from, or give it a default with `:-`",
                at: place,
                code: .usage
            )
        ])
    }

    /// The reports of a run about the unusable sources.
    package func failedReports(startedAt: Timestamp) -> [RunReport] {
        unusable.map { source in
            let problems = source.problem.diagnostics.map { "\($0.location): \($0.text)" }.joined(separator: "; ")
            var report = RunReport(of: pipeline, source: source.name, startedAt: startedAt)
            report.failure = Failure(source.problem.code, problems)
            report.status = .failed
            return report
        }
    }
}
