import Inventory
import Records

/// Where a pipeline file asks for a stage, and by what name.
package struct Origin: Sendable, Hashable {
    package let stage: String
    package let location: SourceLocation
}

/// A stage and the line that asked for it.
package struct Step<Stage: Sendable>: Sendable {
    package let origin: Origin
    package let stage: Stage
}

/// A checked pipeline: every name resolved, every column bound, nothing read yet.
package struct Plan: Sendable {
    package let name: String
    package let file: String
    package let source: SourceSettings
    package let inventoryPath: String
    package let extract: [Step<any Extractor>]
    package let transforms: [Step<any Transformer>]
    package let loads: [LoadPlan]
    /// The dataset `devices` with the columns that the extract stages add.
    package let devices: Schema

    static let sections = ["name", "source", "inventory", "extract", "transform", "load"]

    /// Reads a pipeline file. Reports every problem, not only the first.
    ///
    /// - Parameter needsLoad: false for a preview or an export, which bring their own destination.
    package init(
        _ yaml: String,
        file: String,
        catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        overrides: [Override] = [],
        needsLoad: Bool = true
    ) throws(PlanError) {
        var root = try ConfigNode.parse(yaml, file: file, environment: environment)
        for override in overrides { root = try override.applied(to: root, environment: environment) }
        try self.init(
            root,
            file: file,
            catalog: catalog,
            environment: environment,
            startedAt: startedAt,
            needsLoad: needsLoad
        )
    }

    package init(
        _ root: ConfigNode,
        file: String,
        catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        needsLoad: Bool = true
    ) throws(PlanError) {
        var problems = Problems()
        guard let sections = root.entries(Self.sections, of: "the file", problems: &problems) else {
            throw PlanError(problems.found)
        }
        let builder = PlanBuilder(catalog: catalog, environment: environment, startedAt: startedAt)

        let source = builder.source(sections["source"], root: root, problems: &problems)
        let extract = builder.extract(sections["extract"], root: root, problems: &problems)
        var devices = Schema.devices
        for step in extract { devices.fields += step.stage.adds }
        let extractIsKnown = extract.count == sections["extract"]?.items.count
        let chain = builder.chain(
            sections["transform"],
            from: extractIsKnown ? devices : nil,
            problems: &problems
        )
        let loads = builder.loads(sections["load"], devices: chain.output, problems: &problems)
        if needsLoad, sections["load"]?.isEmpty ?? true {
            problems.add(Diagnostic("'load' is missing: where should the rows go?", at: root.location))
        }
        let name = problems.read(sections["name"], as: String.self)
        let inventory = problems.read(sections["inventory"], as: String.self)
        guard let source, problems.found.isEmpty else { throw PlanError(problems.found) }

        self.name = name ?? Self.baseName(of: file)
        self.file = file
        self.source = source
        let place = inventory.flatMap { $0.isEmpty ? nil : environment.expandingTilde($0) }
        inventoryPath = place ?? environment.defaultInventory(of: source.name)
        self.extract = extract
        transforms = chain.steps
        self.loads = loads
        self.devices = devices
    }

    private static func baseName(of file: String) -> String {
        let last = file.split(separator: "/").last ?? "pipeline"
        return String(last.hasSuffix(".axport.yaml") ? last.dropLast(12) : last)
    }
}

extension Environment {
    /// Where inventories live unless a pipeline says otherwise.
    package func defaultInventory(of source: String) -> String {
        let state = variables["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? expandingTilde("~/.local/state")
        return "\(state)/axport/\(source).sqlite"
    }
}
