import Records
import Stages

/// Reads the sections of a pipeline file and creates a plan for every source.
struct PlanBuilder {
    static let sections = PipelineSection.allCases.map(\.rawValue)

    let pipeline: PipelineName
    let sources: SourceList
    let jobs: Jobs?
    let metrics: MetricsSettings?
    let notify: NotifySettings
    let tests: [TestCase]
    /// Whether there are cases, even if they cannot be read.
    let hasTests: Bool
    private let inventory: InventorySettings
    private let extract: [Step<any Extractor>]
    private let transforms: [Step<any Transformer>]
    private let loads: [LoadPlan]
    private let assign: AssignSettings?
    private let devices: Schema
    private let environment: Environment
    private let at: Timestamp?
    /// Every problem, not only the first. With problems, the plans have what could be read.
    private(set) var problems = Problems()

    /// - Throws: if the file has no sections.
    init(_ root: ConfigNode, of text: PipelineText, planning: Planning) throws(PlanError) {
        let root = root.withSections(Self.sections, problems: &problems)
        guard let sections = root.entries(Self.sections, of: "the file", problems: &problems) else {
            throw PlanError(problems.found)
        }
        sources = SourceList(
            source: sections["source"],
            sources: sections["sources"],
            root: root,
            choice: planning.choice,
            problems: &problems
        )
        problems.add(root.unresolved(except: Set(sources.left.map(\.location))))
        // Stages are checked even if no source is selected; each problem is reported once.
        let stages = StageReader(planning, sources)
        let extractNode = sections["extract"] ?? (sections["assign"] == nil ? nil : AssignSettings.usualExtract)
        let extracts = stages.extract(extractNode, root: root, problems: &problems)
        extract = extracts.steps
        devices = extracts.devices
        let shared = stages.first(sections["transform"], from: devices, problems: &problems)
        transforms = shared.steps
        loads = stages.loads(sections["load"], devices: shared.output, problems: &problems)
        assign = AssignSettings.read(
            sections["assign"],
            of: sources,
            files: planning.environment,
            condition: { stages.condition($0, over: shared.output, problems: &$1) },
            problems: &problems
        )
        // A load of the command line is refused with the name of the right verb.
        if let load = sections["load"], sections["assign"] != nil, !text.isProvided("load") {
            problems.add(
                Diagnostic("a file with 'assign' has no 'load'", hint: "make two files of it", at: load.location)
            )
        }
        if planning.needsLoad, sections["assign"] == nil, sections["load"]?.isEmpty ?? true {
            problems.add(Diagnostic("'load' is missing: name at least one destination", at: root.location))
        }
        pipeline = PipelineName(problems.read(sections["name"], as: String.self), of: text)
        _ = problems.read(sections["base"], as: PathSetting.self)
        jobs = problems.read(sections["jobs"], as: Jobs.self)
        inventory = InventorySettings.read(sections["inventory"], problems: &problems)
        inventory.check(
            loads,
            isOfSeveral: sources.areSeveral,
            assigns: sections["assign"] != nil,
            at: sections["inventory"]?.location,
            &problems
        )
        metrics = MetricsSettings.read(
            sections["metrics"],
            isOfSeveral: sources.areSeveral,
            problems: &problems
        )
        notify = NotifySettings.read(sections["notify"], problems: &problems)
        hasTests = sections["tests"]?.isEmpty == false
        let areAllLoads = loads.count == sections["load"]?.stages.count ?? 0
        // The cases are about the file as it is written.
        tests =
            text.isAsWritten
            ? TestCase.read(
                sections["tests"],
                loads: areAllLoads ? loads : nil,
                at: planning.at,
                problems: &problems
            ) : []
        environment = planning.environment
        at = planning.at
    }

    /// One for each selected source, in the order of the file.
    var plans: [Plan] {
        sources.chosen.map { source in
            Plan(
                pipeline: pipeline,
                source: source,
                isOneOfSeveral: sources.areSeveral,
                inventoryPlace: inventory.path(of: source.name, in: environment),
                inventoryWarning: inventory.warning(of: source.name),
                retention: inventory.retention(for: loads),
                extract: extract,
                transforms: transforms.of(source.name),
                loads: loads.map { $0.of(source.name) },
                assign: assign,
                devices: devices,
                metrics: metrics,
                secrets: environment.secrets,
                keeping: inventory.keeping(of: source, hiding: environment.secrets),
                at: at
            )
        }
    }
}

extension [Step<any Transformer>] {
    /// The same transforms for the rows of one of several sources.
    fileprivate func of(_ source: String) -> Self {
        map { step in
            step.stage is SourceColumn ? Step(origin: step.origin, stage: SourceColumn(source: source)) : step
        }
    }
}

extension LoadPlan {
    fileprivate func of(_ source: String) -> LoadPlan {
        var load = self
        load.transforms = transforms.of(source)
        return load
    }
}
