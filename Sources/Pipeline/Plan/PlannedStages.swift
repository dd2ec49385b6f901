import Records
import Stages

/// The stages of a pipeline file, bound to their columns.
struct PlannedStages: Sendable {
    let extract: [Step<any Extractor>]
    private(set) var transforms: [Step<any Transformer>]
    private(set) var loads: [LoadPlan]
    /// The dataset `devices` with the columns that the extract stages add.
    let devices: Schema

    init(
        _ sections: [String: ConfigNode],
        root: ConfigNode,
        sources: SourceList,
        catalog: Catalog,
        environment: Environment,
        startedAt: Timestamp,
        problems: inout Problems
    ) {
        let origin = Origin(stage: SourceColumn.name, location: sources.location)
        let builder = PlanBuilder(
            catalog: catalog,
            environment: environment,
            startedAt: startedAt,
            sourceColumn: sources.areSeveral ? Step(origin: origin, stage: SourceColumn(source: "")) : nil
        )
        extract = builder.extract(sections["extract"], root: root, problems: &problems)
        var devices = Schema.devices
        for step in extract { devices.fields += step.stage.adds }
        let extractIsKnown = extract.count == sections["extract"]?.items.count
        let chain = builder.first(
            sections["transform"],
            from: extractIsKnown ? devices : nil,
            problems: &problems
        )
        transforms = chain.steps
        loads = builder.loads(sections["load"], devices: chain.output, problems: &problems)
        self.devices = devices
    }

    /// The same stages for the rows of one of several sources.
    func of(_ source: String) -> PlannedStages {
        var stages = self
        stages.transforms = transforms.map { $0.of(source) }
        for index in loads.indices { stages.loads[index].transforms = loads[index].transforms.map { $0.of(source) } }
        return stages
    }
}

extension Step where Stage == any Transformer {
    fileprivate func of(_ source: String) -> Self {
        stage is SourceColumn ? Step(origin: origin, stage: SourceColumn(source: source)) : self
    }
}
