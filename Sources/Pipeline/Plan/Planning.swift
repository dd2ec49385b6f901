import Records
import Stages

/// The context in which a command reads pipeline files.
package struct Planning: Sendable {
    let catalog: Catalog
    package let environment: Environment
    package let startedAt: Timestamp
    /// What counts as the current time in expressions instead of the start: `--at`.
    let at: Timestamp?
    let needsLoad: Bool
    let choice: SourceChoice

    /// - Parameter needsLoad: false for a preview, which has its own destination.
    package init(
        _ catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        at moment: Timestamp? = nil,
        needsLoad: Bool = true,
        choice: SourceChoice = SourceChoice()
    ) {
        self.catalog = catalog
        self.environment = environment
        self.startedAt = startedAt
        at = moment
        self.needsLoad = needsLoad
        self.choice = choice
    }

    /// Reads a pipeline file. Reports every problem, not only the first.
    package func plans(for text: PipelineText) throws(PlanError) -> PipelinePlans {
        let planned = try examine(text)
        guard planned.problems.isEmpty else { throw PlanError(planned.problems) }
        return planned
    }

    /// Reads a pipeline file as far as it can be read. The plans are right only if they have no problems.
    ///
    /// - Throws: if the text is not YAML, or has no sections.
    package func examine(_ text: PipelineText) throws(PlanError) -> PipelinePlans {
        let root = try text.root(in: environment)
        return PipelinePlans(try PlanBuilder(root, of: text, planning: self), of: text, root: root, planning: self)
    }

    /// The names of a file's sources, whatever else is wrong with the file, for shell completions.
    package func sourceNames(of text: PipelineText) -> [String] {
        guard let root = try? text.root(in: environment), case .map(let sections) = root.content else { return [] }
        let source = { name in sections.first { $0.key.scalarText == name }?.value }
        var problems = Problems()
        return SourceList(
            source: source("source"),
            sources: source("sources"),
            root: root,
            choice: SourceChoice(),
            problems: &problems
        ).names
    }

    /// The receivers of the notice that a file cannot be run; nil if the file names none that can be read.
    package func notices(of text: PipelineText) -> (pipeline: PipelineName, settings: NotifySettings)? {
        guard let root = try? text.root(in: environment), case .map(let pairs) = root.content else { return nil }
        func section(_ name: String) -> ConfigNode? { pairs.first { $0.key.scalarText == name }?.value }
        guard let notify = section("notify"), notify.unresolved.isEmpty else { return nil }
        var problems = Problems()
        let settings = NotifySettings.read(notify, problems: &problems)
        guard problems.found.isEmpty else { return nil }
        return (PipelineName(section("name")?.scalarText, of: text), settings)
    }

    /// Reads a pipeline file for the one selected source.
    package func onePlan(for text: PipelineText) throws(PlanError) -> Plan {
        let planned = try plans(for: text)
        try planned.requireAllSources()
        if let plan = planned.plans.first, planned.plans.count == 1 { return plan }
        let names = planned.sourceNames.joined(separator: ", ")
        throw PlanError([
            Diagnostic(
                "the file has several sources: \(names)",
                hint: "choose one with --source",
                at: SourceLocation(file: text.file, line: 1, column: 1),
                code: .usage
            )
        ])
    }
}
