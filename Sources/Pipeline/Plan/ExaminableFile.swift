import Inventory
import Records
import Stages

/// The parts of a pipeline file that can be examined although the file may have errors.
package struct ExaminableFile: Sendable {
    /// One organization.
    package struct Source: Sendable {
        /// Without the stages and loads that have errors. It must not be run.
        package let plan: Plan
        /// Whether the settings of the organization are without errors.
        package let isUsable: Bool

        package init(plan: Plan, isUsable: Bool) {
            self.plan = plan
            self.isUsable = isUsable
        }
    }

    package let pipeline: PipelineName
    /// The selected sources.
    package let sources: [Source]
    package let areSeveral: Bool

    /// Nil if the file cannot be read at all.
    init?(_ text: PipelineText, planning: Planning) {
        guard let root = try? text.root(in: planning.environment), case .map = root.content else { return nil }
        var problems = Problems()
        let list = SourceList(
            source: root["source"],
            sources: root["sources"],
            root: root,
            choice: planning.choice,
            problems: &problems
        )
        let inventory = InventorySettings.read(root["inventory"], problems: &problems)
        let stages = StageReader(planning, list)
        let extracts = stages.extract(root["extract"], root: root, problems: &problems)
        let shared = stages.first(root["transform"], from: extracts.devices, problems: &problems)
        let loads = stages.loads(root["load"]?.resolvedItems, devices: shared.output, problems: &problems)
        let pipeline = PipelineName(root["name"]?.scalarText, of: text)
        self.pipeline = pipeline
        areSeveral = list.areSeveral
        sources = list.chosen.filter { !$0.isUnknown }.map { settings in
            let plan = Plan(
                pipeline: pipeline,
                source: settings,
                isOneOfSeveral: list.areSeveral,
                inventoryPlace: inventory.path(of: settings.name, in: planning.environment),
                inventoryWarning: nil,
                retention: inventory.retention(for: loads),
                extract: extracts.steps,
                transforms: shared.steps,
                loads: loads,
                assign: nil,
                devices: extracts.devices,
                metrics: nil,
                secrets: planning.environment.secrets,
                keeping: inventory.keeping(of: settings, hiding: planning.environment.secrets)
            )
            return Source(plan: plan, isUsable: settings.problems(at: root.location).isEmpty)
        }
    }
}

extension ConfigNode {
    /// The list without the items that have an unresolved reference.
    fileprivate var resolvedItems: ConfigNode {
        guard case .list(let items) = content else { return self }
        return ConfigNode(content: .list(items.filter { $0.unresolved.isEmpty }), location: location)
    }
}

extension Planning {
    /// Reads what can be read of a pipeline file, whatever else is wrong with it.
    package func examinable(_ text: PipelineText) -> ExaminableFile? { ExaminableFile(text, planning: self) }
}
