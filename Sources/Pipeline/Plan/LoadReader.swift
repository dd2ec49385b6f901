import Inventory
import Records
import Stages

extension StageReader {
    func loads(_ node: ConfigNode?, devices: Schema, problems: inout Problems) -> [LoadPlan] {
        var claimed: [[String]: (claim: Claim, by: Origin)] = [:]
        var loads: [LoadPlan] = []
        for item in node?.stages(of: "load", problems: &problems) ?? [] {
            guard let load = load(item, devices: devices, problems: &problems) else { continue }
            if load.output.extent == .whole, let claim = load.loader.claim(load.output) {
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

    /// Nil, with its problems recorded, if it has any.
    private func load(_ node: ConfigNode, devices: Schema, problems: inout Problems) -> LoadPlan? {
        let before = problems.count
        guard let named = named(node, "load", from: catalog.loaders, &problems) else { return nil }
        let common = LoadPlan.settings.map(\.name)
        let known = common + named.spec.settings.map(\.name)
        let split = named.written.body?.split(common: common, known: known, problems: &problems)
        let shared = split?.common ?? [:]

        let dataset = shared["from"].map { problems.read($0, as: Dataset.self) } ?? .devices
        let transforms = branch(shared["transform"], of: dataset, devices: devices, problems: &problems)
        let order = problems.read(shared["order"], as: RowOrder.self) ?? .firstSeen
        let names = names(shared["columns"], problems: &problems)

        guard
            let loader = problems.take(try named.spec.build(key: named.written.key, body: split?.rest))
        else {
            _ = transforms.output.positions(of: names ?? [], problems: &problems)
            return nil
        }
        let picked = loader.columns(names, of: transforms.output, problems: &problems)
        var output = transforms.output
        output.fields = picked.map { transforms.output.fields[$0] }
        if let names, names.count > picked.count || shared["columns"]?.isUnknown == true { output.extent = .part }
        problems.add(output.duplicates(at: named.location))
        if sourceColumn != nil { problems.add(loader.separation.problems(output, at: named.location)) }
        problems.take(try loader.check(output, at: named.location))
        guard problems.count == before else { return nil }
        return LoadPlan(
            origin: Origin(stage: named.name, location: named.location),
            loader: loader,
            dataset: dataset ?? .devices,
            order: order,
            transforms: transforms.steps,
            columns: picked,
            output: output
        )
    }

    /// The columns that a load names; nil if it names none.
    private func names(_ node: ConfigNode?, problems: inout Problems) -> [ColumnName]? {
        guard let node, node.isEmpty else { return problems.read(node, as: [ColumnName].self) }
        problems.add(Diagnostic("columns is empty", hint: "leave it out to write all columns", at: node.location))
        return nil
    }

    /// - Parameter dataset: nil if it is not known.
    private func branch(
        _ node: ConfigNode?,
        of dataset: Dataset?,
        devices: Schema,
        problems: inout Problems
    ) -> Transforms {
        guard let dataset else {
            var rows = Schema("rows", "Rows of an unknown dataset.", key: [], [])
            rows.extent = .part
            return first(node, from: rows, problems: &problems)
        }
        return dataset.isMain
            ? further(node, from: devices, problems: &problems)
            : first(node, from: dataset.schema, problems: &problems)
    }
}

extension Loader {
    /// Positions of the columns to write: those that a file names, or the loader's own choice.
    fileprivate func columns(_ names: [ColumnName]?, of input: Schema, problems: inout Problems) -> [Int] {
        if let names { return input.positions(of: names, problems: &problems) }
        var picked = input.visible
        if !writesBookkeeping { picked.removeAll { input.fields[$0].role == .bookkeeping } }
        if !input.hasChosenOrder, sortsColumns { picked.sort { input.fields[$0].name < input.fields[$1].name } }
        return picked
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
        case .column where output.lacks(Schema.sourceColumn):
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
