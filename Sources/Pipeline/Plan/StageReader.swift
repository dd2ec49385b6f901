import Inventory
import Records
import Stages

/// Reads the stages of a pipeline file and binds them to their columns.
struct StageReader {
    private let catalog: Catalog
    private let startedAt: Timestamp
    /// Adds the source's name to every row; nil if there is one source.
    private let sourceColumn: Step<any Transformer>?

    init(_ planning: Planning, _ sources: SourceList) {
        catalog = planning.catalog
        startedAt = planning.startedAt
        let origin = Origin(stage: SourceColumn.name, location: sources.location)
        sourceColumn = sources.areSeveral ? Step(origin: origin, stage: SourceColumn(source: "")) : nil
    }

    func extract(_ node: ConfigNode?, root: ConfigNode, problems: inout Problems) -> [Step<any Extractor>] {
        guard let node, !node.isEmpty else {
            problems.add(Diagnostic("'extract' is missing: name at least one stage", at: root.location))
            return []
        }
        var steps: [Step<any Extractor>] = []
        for item in node.stages(of: "extract", problems: &problems) {
            guard let step = step(item, kind: "extract stage", from: catalog.extractors, &problems) else { continue }
            if steps.contains(where: { $0.origin.stage == step.origin.stage }) {
                problems.add(Diagnostic("'\(step.origin.stage)' is listed twice", at: step.origin.location))
            }
            steps.append(step)
        }
        // Later stages need the lists of earlier ones, whatever the order in the file.
        let order = catalog.extractors.map(\.name)
        return steps.sorted { left, right in
            order.firstIndex(of: left.origin.stage) ?? 0 < order.firstIndex(of: right.origin.stage) ?? 0
        }
    }

    /// Transforms, and the output of the last one.
    struct Transforms {
        var steps: [Step<any Transformer>] = []
        /// Nil if an invalid stage makes the columns unknown.
        var output: Schema?
    }

    /// Transforms that follow others.
    private func further(_ node: ConfigNode?, from input: Schema?, problems: inout Problems) -> Transforms {
        var transforms = Transforms(output: input)
        return append(node, to: &transforms, problems: &problems)
    }

    /// Transforms of a dataset as the inventory has it.
    func first(_ node: ConfigNode?, from dataset: Schema?, problems: inout Problems) -> Transforms {
        var transforms = Transforms(output: dataset)
        if let sourceColumn {
            transforms.steps = [sourceColumn]
            transforms.output = dataset?.withSource
        }
        return append(node, to: &transforms, problems: &problems)
    }

    /// The condition of a rule, checked over these columns; nil if it is invalid.
    func condition(_ node: ConfigNode, over columns: Schema?, problems: inout Problems) -> Step<any Transformer>? {
        guard let spec = catalog.transforms.first(where: { $0.name == "where" }) else { return nil }
        do {
            let stage = try spec.build(key: node, body: node)
            let step = Step<any Transformer>(origin: Origin(stage: "where", location: node.location), stage: stage)
            if let columns { _ = try step.bind(to: columns, startedAt: startedAt) }
            return step
        } catch {
            problems.add(error.diagnostics)
            return nil
        }
    }

    private func append(_ node: ConfigNode?, to transforms: inout Transforms, problems: inout Problems) -> Transforms {
        for item in node?.stages(of: "transform", problems: &problems) ?? [] {
            guard let step = step(item, kind: "transform", from: catalog.transforms, &problems) else {
                transforms.output = nil
                continue
            }
            transforms.steps.append(step)
            guard let schema = transforms.output else { continue }
            do {
                transforms.output = try step.bind(to: schema, startedAt: startedAt).output
            } catch {
                problems.add(error.diagnostics)
                transforms.output = nil
            }
        }
        return transforms
    }

    func loads(_ node: ConfigNode?, devices: Schema?, problems: inout Problems) -> [LoadPlan] {
        var claimed: [[String]: (claim: Claim, by: Origin)] = [:]
        var loads: [LoadPlan] = []
        for item in node?.stages(of: "load", problems: &problems) ?? [] {
            guard let load = load(item, devices: devices, problems: &problems) else { continue }
            if let claim = load.loader.claim(load.output) {
                if let (first, owner) = claimed[claim.place] {
                    problems.add(
                        Diagnostic(
                            "the load '\(owner.stage)' of line \(owner.location.line) already \(first.deed)",
                            hint: first.advice,
                            at: load.origin.location
                        )
                    )
                } else {
                    claimed[claim.place] = (claim, load.origin)
                }
            }
            loads.append(load)
        }
        return loads
    }

    private func load(_ node: ConfigNode, devices: Schema?, problems: inout Problems) -> LoadPlan? {
        guard
            let named = problems.keep(try node.namedBody("load")),
            let spec = find(named.name, kind: "load", in: catalog.loaders, at: named.key.location, &problems)
        else { return nil }
        let known = LoadPlan.settings.map(\.name) + spec.settings.map(\.name)
        let split = named.body?.split(common: LoadPlan.settings.map(\.name), known: known, problems: &problems)
        let common = split?.common ?? [:]

        let from = problems.read(common["from"], as: Dataset.self) ?? .devices
        let transforms =
            from.isMain
            ? further(common["transform"], from: devices, problems: &problems)
            : first(common["transform"], from: from.schema, problems: &problems)
        let input = transforms.output
        let columns = problems.read(common["columns"], as: [ColumnName].self)
        let order = problems.read(common["order"], as: RowOrder.self) ?? .firstSeen

        let location = named.key.location
        var picked: [Int] = input?.visible ?? []
        if let columns, let input {
            picked = []
            for column in columns { if let index = problems.keep(try column.index(in: input)) { picked.append(index) } }
        }
        do {
            let loader = try spec.build(key: named.key, body: split?.rest)
            guard let input else { return nil }
            if columns == nil, !loader.writesBookkeeping {
                picked.removeAll { input.fields[$0].role == .bookkeeping }
            }
            if columns == nil, !input.hasChosenOrder, loader.sortsColumns {
                picked.sort { input.fields[$0].name < input.fields[$1].name }
            }
            var output = input
            output.fields = picked.map { input.fields[$0] }
            problems.add(output.duplicates(at: location))
            if sourceColumn != nil { problems.add(loader.separation.problems(output, at: location)) }
            try loader.check(output, at: location)
            return LoadPlan(
                origin: Origin(stage: named.name, location: location),
                loader: loader,
                dataset: from,
                order: order,
                transforms: transforms.steps,
                columns: picked,
                output: output
            )
        } catch {
            problems.add(error.diagnostics)
            return nil
        }
    }

    private func step<Stage>(
        _ node: ConfigNode,
        kind: String,
        from specs: [StageSpec<Stage>],
        _ problems: inout Problems
    ) -> Step<Stage>? {
        guard
            let named = problems.keep(try node.namedBody(kind)),
            let spec = find(named.name, kind: kind, in: specs, at: named.key.location, &problems)
        else { return nil }
        do {
            let stage = try spec.build(key: named.key, body: named.body)
            return Step(origin: Origin(stage: named.name, location: named.key.location), stage: stage)
        } catch {
            problems.add(error.diagnostics)
            return nil
        }
    }

    private func find<Stage>(
        _ name: String,
        kind: String,
        in specs: [StageSpec<Stage>],
        at location: SourceLocation,
        _ problems: inout Problems
    ) -> StageSpec<Stage>? {
        if let spec = specs.first(where: { $0.name == name }) { return spec }
        problems.add(Diagnostic(unknownName(kind, name, known: specs.map(\.name)), at: location))
        return nil
    }
}

extension Step where Stage == any Transformer {
    package func bind(to schema: Schema, startedAt: Timestamp) throws(PlanError) -> any BoundTransform {
        try stage.bind(to: schema, context: BindContext(startedAt: startedAt, location: origin.location))
    }
}

extension SourceSeparation {
    /// The problems of an output that mixes up or drops rows of several sources.
    fileprivate func problems(_ output: Schema, at location: SourceLocation) -> [Diagnostic] {
        switch self {
        case .place: []
        case .none:
            [
                Diagnostic(
                    "each source would overwrite the file of the others",
                    hint: "put {source} into the path",
                    at: location
                )
            ]
        case .column where output.index(of: Schema.sourceColumn) == nil:
            [
                Diagnostic(
                    "rows of several sources need the column '\(Schema.sourceColumn)' here",
                    hint: "add it",
                    at: location
                )
            ]
        case .column: []
        }
    }
}

extension Schema {
    fileprivate func duplicates(at location: SourceLocation) -> [Diagnostic] {
        var seen: Set<String> = []
        return fields.filter { !seen.insert($0.name).inserted }.map {
            Diagnostic("the column '\($0.name)' would be written twice", at: location)
        }
    }
}
