import Records
import Stages

extension Catalog {
    /// The page that describes everything in a pipeline file: `pipelines/README.md`.
    package var reference: String { ReferenceTopic.introduction + sections }

    private var sections: String {
        """
        ## References

        \(ReferenceTopic.references.text)

        ## Paths

        \(ReferenceTopic.base.text)

        ## Source

        \(SourceSettings.spec.reference)
        ### `sources`

        \(ReferenceTopic.sources.text)

        ## Inventory

        \(InventorySettings.spec.reference)
        ## Extract

        Each stage updates one part of the inventory and commits as it goes.

        \(extractors.map(\.reference).joined(separator: "\n"))
        ## Transform

        Rows in, rows out. The pipeline's transforms apply to the dataset `devices`. Each load can add its own transforms.

        \(transforms.map(\.reference).joined(separator: "\n"))
        ## Expressions

        \(ReferenceTopic.expressions.text)

        ## Load

        Each load is one transaction: readers see the old rows or the new ones. Loads commit one after another. If one \
        fails, the others still commit. Every load also accepts:

        \(Self.table(LoadPlan.settings))
        \(loaders.map(\.reference).joined(separator: "\n"))
        ## Assign

        \(ReferenceTopic.assign.text)
        ## Tests

        \(ReferenceTopic.tests.text)
        ## Metrics

        \(MetricsSettings.spec.reference)
        ## Notify

        \(NotifySettings.meaning)

        \(Notice.specs.map(\.reference).joined(separator: "\n"))
        """
    }

    /// The names that ``reference(of:)`` describes, in groups, each with its first sentence.
    package var overview: [(title: String, terms: [(name: String, meaning: String)])] {
        func group<Stage>(_ title: String, _ specs: [StageSpec<Stage>]) -> (String, [(String, String)]) {
            (title, specs.map { ($0.name, $0.doc.firstSentence) })
        }
        return [
            ("A pipeline file", ReferenceTopic.all.map { ($0.name, $0.summary) }), group("extract", extractors),
            group("transform", transforms), group("load", loaders),
        ]
    }

    /// One stage, section, or topic, as Markdown.
    package func reference(of name: String) throws(Failure) -> String {
        if let spec = extractors.first(where: { $0.name == name }) { return spec.reference }
        if let spec = transforms.first(where: { $0.name == name }) { return spec.reference }
        if let spec = loaders.first(where: { $0.name == name }) {
            return spec.reference + "\nEvery load also accepts:\n\n" + Self.table(LoadPlan.settings)
        }
        if let topic = ReferenceTopic.all.first(where: { $0.name == name }) {
            return "### `\(name)`\n\n\(topic.text)\n"
        }
        throw Failure(.usage, unknownName("stage or section", name, known: referenceNames))
    }

    package var stageNames: [String] { extractors.map(\.name) + transforms.map(\.name) + loaders.map(\.name) }

    package var referenceNames: [String] { ReferenceTopic.all.map(\.name) + stageNames }

    static func table(_ settings: [SettingDoc]) -> String {
        var page = "| setting | type | default | meaning |\n| --- | --- | --- | --- |\n"
        for setting in settings {
            let usual = setting.fallback.map { $0.isEmpty ? "" : "`\($0)`" } ?? ""
            let fallback = setting.isRequired ? "required" : usual
            page += "| `\(setting.name)` | \(setting.type) | \(fallback) | \(setting.meaning) |\n"
        }
        return page
    }
}

extension StageSpec {
    var reference: String { "### `\(name)`\n\n\(details)" }

    /// The text below its heading.
    var details: String {
        let page = "\(doc)\n\n```yaml\n\(example)\n```\n"
        guard let body = settings.first else { return page }
        return hasBareBody
            ? "\(page)\nIts value, \(body.type): \(body.meaning)\n" : "\(page)\n\(Catalog.table(settings))"
    }
}
