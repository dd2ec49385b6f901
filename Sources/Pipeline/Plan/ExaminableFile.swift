import Records
import Stages

/// The parts of a pipeline file that can be examined although the file may have errors.
package struct ExaminableFile: Sendable {
    /// One organization.
    package struct Source: Sendable {
        package let settings: SourceSettings
        /// Whether its own settings are without errors.
        package let isUsable: Bool
        package let inventoryPath: Result<String, Failure>
    }

    package let pipeline: PipelineName
    /// The selected sources.
    package let sources: [Source]
    package let areSeveral: Bool
    package let extract: [Step<any Extractor>]

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
        extract = StageReader(planning, list).extract(root["extract"], root: root, problems: &problems)
        pipeline = PipelineName(root["name"]?.scalarText, of: text)
        areSeveral = list.areSeveral
        sources = list.chosen.map { settings in
            Source(
                settings: settings,
                isUsable: settings.problems(at: root.location).isEmpty,
                inventoryPath: inventory.path(of: settings.name, in: planning.environment)
            )
        }
    }
}

extension Planning {
    /// Reads what can be read of a pipeline file, whatever else is wrong with it.
    package func examinable(_ text: PipelineText) -> ExaminableFile? { ExaminableFile(text, planning: self) }
}
