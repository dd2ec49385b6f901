import Inventory
import Records
import Stages

/// Reads the stages of a pipeline file and binds them to their columns. After a stage with a problem, the columns are
/// known as far as its name and settings tell.
struct StageReader {
    let catalog: Catalog
    private let moment: Timestamp
    /// Adds the source's name to every row; nil if there is one source.
    let sourceColumn: Step<any Transformer>?

    init(_ planning: Planning, _ sources: SourceList) {
        catalog = planning.catalog
        moment = planning.at ?? planning.startedAt
        let origin = Origin(stage: SourceColumn.name, location: sources.location)
        sourceColumn = sources.areSeveral ? Step(origin: origin, stage: SourceColumn(source: "")) : nil
    }

    /// Extract stages, and the main dataset with the columns that they add.
    struct Extracts {
        fileprivate(set) var steps: [Step<any Extractor>] = []
        fileprivate(set) var devices = Schema.devices
    }

    func extract(_ node: ConfigNode?, root: ConfigNode, problems: inout Problems) -> Extracts {
        var extracts = Extracts()
        guard let node, !node.isEmpty else {
            problems.add(Diagnostic("'extract' is missing: name at least one stage", at: root.location))
            extracts.devices.extent = .part
            return extracts
        }
        var added: [String: [Field]] = [:]
        for item in node.stages(of: "extract", problems: &problems) {
            guard let named = named(item, "extract stage", from: catalog.extractors, &problems) else {
                extracts.devices.extent = .part
                continue
            }
            let step = step(named, &problems)
            // A stage with a wrong setting adds its columns, too.
            let fields = step?.stage.adds ?? Schema.fields(addedBy: named.name)
            if added.updateValue(fields, forKey: named.name) != nil {
                problems.add(Diagnostic("'\(named.name)' is listed twice", at: named.location))
            } else if let step {
                extracts.steps.append(step)
            }
        }
        // Later stages need the lists of earlier ones, whatever the order in the file.
        let order = catalog.extractors.map(\.name)
        extracts.devices.fields += order.flatMap { added[$0] ?? [] }
        extracts.steps.sort { left, right in
            order.firstIndex(of: left.origin.stage) ?? 0 < order.firstIndex(of: right.origin.stage) ?? 0
        }
        return extracts
    }

    /// Transforms, and the output of the last one.
    struct Transforms {
        var steps: [Step<any Transformer>] = []
        var output: Schema
    }

    /// Transforms that follow others.
    func further(_ node: ConfigNode?, from input: Schema, problems: inout Problems) -> Transforms {
        append(node, to: Transforms(output: input), problems: &problems)
    }

    /// Transforms of a dataset as the inventory has it.
    func first(_ node: ConfigNode?, from dataset: Schema, problems: inout Problems) -> Transforms {
        let start = sourceColumn.map { Transforms(steps: [$0], output: dataset.withSource) }
        return append(node, to: start ?? Transforms(output: dataset), problems: &problems)
    }

    /// The condition of a rule, checked over these columns; nil if it is invalid.
    func condition(_ node: ConfigNode, over columns: Schema, problems: inout Problems) -> Step<any Transformer>? {
        guard let spec = catalog.transforms.first(where: { $0.name == "where" }) else { return nil }
        let stage = problems.take(try spec.build(key: node, body: node))
        let step = stage.map { Step(origin: Origin(stage: "where", location: node.location), stage: $0) }
        if let step { problems.take(try step.bind(to: columns, at: moment)) }
        return step
    }

    private func append(_ node: ConfigNode?, to start: Transforms, problems: inout Problems) -> Transforms {
        var transforms = start
        for item in node?.stages(of: "transform", problems: &problems) ?? [] {
            let named = named(item, "transform", from: catalog.transforms, &problems)
            guard let step = named.flatMap({ step($0, &problems) }) else {
                transforms.output.extent = .part
                continue
            }
            transforms.steps.append(step)
            if let bound = problems.take(try step.bind(to: transforms.output, at: moment)) {
                transforms.output = bound.output
            } else if let outline = step.stage.outline(of: transforms.output) {
                transforms.output = outline
            } else {
                transforms.output.extent = .part
            }
        }
        return transforms
    }

    /// A stage as written, and how to build it.
    struct Named<Stage> {
        let spec: StageSpec<Stage>
        let written: NamedBody

        var name: String { spec.name }
        var location: SourceLocation { written.key.location }
    }

    func named<Stage>(
        _ node: ConfigNode,
        _ kind: String,
        from specs: [StageSpec<Stage>],
        _ problems: inout Problems
    ) -> Named<Stage>? {
        let known = specs.map(\.name)
        guard let written = NamedBody(node, kind, known: known, problems: &problems) else { return nil }
        if let spec = specs.first(where: { $0.name == written.name }) { return Named(spec: spec, written: written) }
        let key = written.key
        let problem = key.slip(in: written.name) ?? unknownName(kind, written.name, known: known)
        problems.add(key.isUnknown ? .unjudged(at: key.location) : Diagnostic(problem, at: key.location))
        return nil
    }

    private func step<Stage>(_ named: Named<Stage>, _ problems: inout Problems) -> Step<Stage>? {
        problems.take(try named.spec.build(key: named.written.key, body: named.written.body)).map {
            Step(origin: Origin(stage: named.name, location: named.location), stage: $0)
        }
    }
}

extension Step where Stage == any Transformer {
    /// - Parameter moment: what counts as the current time.
    package func bind(to schema: Schema, at moment: Timestamp) throws(PlanError) -> any BoundTransform {
        try stage.bind(to: schema, context: BindContext(moment: moment, location: origin.location))
    }
}
