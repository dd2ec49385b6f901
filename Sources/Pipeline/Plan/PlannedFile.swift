import Crypto
import Inventory
import Records
import Stages

/// A checked pipeline file: the same stages for each of its sources.
package struct PlannedFile: Sendable {
    /// One for every source that was chosen, in the order of the file.
    package let plans: [Plan]
    private let name, file: String
    private let hash: String?
    /// Those of several that were chosen and cannot be asked.
    private let unusable: [UnusableSource]
    /// The names of all sources in the file.
    package let sourceNames: [String]
    private let ownFiles: OwnFiles

    static let sections = ["name", "source", "sources", "inventory", "extract", "transform", "load"]

    /// Reads a pipeline file. Reports every problem, not only the first.
    ///
    /// - Parameter needsLoad: false for a preview or an export, which have their own destination.
    package init(
        _ yaml: String,
        file: String,
        catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        overrides: [Override] = [],
        needsLoad: Bool = true,
        choice: SourceChoice = SourceChoice()
    ) throws(PlanError) {
        var root = try ConfigNode.read(yaml, file: file, environment: environment)
        for override in overrides { root = try override.applied(to: root, environment: environment) }
        try self.init(
            root,
            file: file,
            hash: SHA256.hash(data: Array(yaml.utf8)).hex,
            catalog: catalog,
            environment: environment,
            startedAt: startedAt,
            needsLoad: needsLoad,
            choice: choice
        )
    }

    package init(
        _ root: ConfigNode,
        file: String,
        hash: String? = nil,
        catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        needsLoad: Bool = true,
        choice: SourceChoice = SourceChoice()
    ) throws(PlanError) {
        do throws(PlanError) {
            try self.init(
                checking: root,
                file: file,
                hash: hash,
                catalog: catalog,
                environment: environment,
                startedAt: startedAt,
                needsLoad: needsLoad,
                choice: choice
            )
        } catch {
            throw PlanError(error.diagnostics.map(References(in: root, environment.secrets).shown))
        }
    }

    private init(
        checking root: ConfigNode,
        file: String,
        hash: String?,
        catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        needsLoad: Bool,
        choice: SourceChoice
    ) throws(PlanError) {
        var problems = Problems()
        guard let sections = root.entries(Self.sections, of: "the file", problems: &problems) else {
            throw PlanError(problems.found)
        }
        let sources = SourceList(
            source: sections["source"],
            sources: sections["sources"],
            root: root,
            choice: choice,
            problems: &problems
        )
        let unresolved = root.unresolved(except: Set(sources.left.map(\.location)))
        guard unresolved.isEmpty else { throw PlanError(unresolved) }
        // Stages are checked even if no source is chosen; each problem is reported once.
        let stages = PlannedStages(
            sections,
            root: root,
            sources: sources,
            catalog: catalog,
            environment: environment,
            startedAt: startedAt,
            problems: &problems
        )
        if needsLoad, sections["load"]?.isEmpty ?? true {
            problems.add(Diagnostic("'load' is missing: where should the rows go?", at: root.location))
        }
        let named = problems.read(sections["name"], as: String.self)
        let inventory = InventorySettings.read(sections["inventory"], problems: &problems)
        inventory.check(stages.loads, problems: &problems)
        if sources.areSeveral, let path = inventory.path, !path.contains("{source}"),
            let location = sections["inventory"]?.location
        {
            problems.add(
                Diagnostic("every source has its own inventory", hint: "put {source} into the path", at: location)
            )
        }
        guard problems.found.isEmpty else { throw PlanError(problems.found) }

        let place = inventory.path.map(environment.expandingTilde)
        let name = named ?? Self.baseName(of: file)
        self.name = name
        self.file = file
        self.hash = hash
        sourceNames = sources.names
        unusable = sources.unusable
        let plans = sources.chosen.map { source in
            Plan(
                name: name,
                file: file,
                hash: hash,
                source: source,
                isOneOfSeveral: sources.areSeveral,
                inventoryPath: place?.replacing("{source}", with: source.name)
                    ?? environment.defaultInventory(of: source.name),
                retention: inventory.retention(for: stages.loads),
                stages: stages.of(source.name),
                secrets: environment.secrets
            )
        }
        var ownFiles = OwnFiles(root: root, file: file, environment: environment)
        for plan in plans { ownFiles.add(plan) }
        for plan in plans { problems.add(ownFiles.addLoads(of: plan, startedAt: startedAt)) }
        guard problems.found.isEmpty else { throw PlanError(problems.found) }
        self.plans = plans
        self.ownFiles = ownFiles
    }

    /// The role of a file in the pipeline, which nothing else may write; nil if it has none.
    package func use(of file: FilePlace.Sight) -> String? { ownFiles.use(of: file) }

    /// Refuses a file with a source that cannot be asked.
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

    /// The report of a run for sources that cannot be read.
    package func failedReports(startedAt: Timestamp) -> [RunReport] {
        unusable.map { source in
            let problems = source.problem.diagnostics.map { "\($0.location): \($0.text)" }.joined(separator: "; ")
            var report = RunReport(
                runID: Plan.runID(startedAt),
                pipeline: name,
                pipelineFile: file,
                pipelineHash: hash,
                version: axportVersion,
                source: source.name,
                startedAt: startedAt
            )
            report.failure = Failure(source.problem.code, problems)
            report.status = .failed
            return report
        }
    }

    private static func baseName(of file: String) -> String {
        let last = file.split(separator: "/").last ?? "pipeline"
        return String(last.hasSuffix(".axport.yaml") ? last.dropLast(12) : last)
    }
}
