import Records
import Stages

/// One of several sources that cannot be read, for example because its key file is missing.
struct UnusableSource: Sendable {
    let name: String
    let problem: PlanError
}

/// The organizations of a pipeline file: one under `source`, or several under `sources`.
struct SourceList {
    /// The names of all sources that have one, in the order of the file.
    private(set) var names: [String] = []
    /// Sources that are selected and valid.
    private(set) var chosen: [SourceSettings] = []
    /// Sources that are not read: unusable ones, and those not selected, because a machine may have only the secrets
    /// of its own sources.
    private(set) var left: [ConfigNode] = []
    /// Selected sources with a reference that cannot be resolved.
    private(set) var unusable: [UnusableSource] = []
    /// Whether the file has `sources`, so that rows have the name of their source.
    let areSeveral: Bool
    let location: SourceLocation

    static var form: ValueForm { .list(SourceSettings.form(isNameRequired: true)) }

    init(
        source: ConfigNode?,
        sources: ConfigNode?,
        root: ConfigNode,
        choice: SourceChoice,
        problems: inout Problems
    ) {
        areSeveral = sources != nil
        location = (sources ?? source ?? root).location
        switch (source, sources) {
        case (let node?, nil):
            guard let settings = Self.settings(node, &problems) else { return }
            names = [settings.name]
            if choice.takes(settings.name) { chosen = [settings] } else { left = [node] }
        case (nil, let list?): read(list, choice, &problems)
        case (nil, nil): problems.add(Diagnostic("'source' is missing: name an organization", at: root.location))
        case (_?, let list?):
            problems.add(
                Diagnostic(
                    "'source' and 'sources' are both given: keep one of them",
                    at: list.location
                )
            )
        }
    }

    private mutating func read(_ list: ConfigNode, _ choice: SourceChoice, _ problems: inout Problems) {
        if list.isEmpty {
            problems.add(Diagnostic("'sources' is empty: name at least one organization", at: list.location))
        }
        for item in list.stages {
            guard let name = Self.name(of: item) else {
                problems.add(
                    Diagnostic("each of 'sources' needs a 'name', which its rows get", at: item.location)
                )
                continue
            }
            // Files are named after sources, and some file systems ignore case.
            if let other = names.first(where: { $0.lowercased() == name.lowercased() }) {
                let same = other == name ? "" : " (as '\(other)')"
                problems.add(Diagnostic("the source '\(name)' is listed twice\(same)", at: item.location))
            }
            names.append(name)
            guard choice.takes(name) else {
                left.append(item)
                continue
            }
            let unresolved = item.unresolved + item.failedCommands
            var own = Problems(unresolved)
            let settings = Self.settings(item, &own)
            if unresolved.isEmpty {
                problems.add(own.found)
                if let settings { chosen.append(settings) }
            } else {
                unusable.append(UnusableSource(name: name, problem: PlanError(own.told)))
                left.append(item)
            }
        }
    }

    private static func settings(_ node: ConfigNode, _ problems: inout Problems) -> SourceSettings? {
        let settings = problems.take(try SourceSettings.spec.build(key: node, body: node))
        if let settings { problems.add(settings.problems(at: node.location)) }
        return settings
    }

    private static func name(of node: ConfigNode) -> String? {
        guard case .map(let pairs) = node.content else { return nil }
        let name = pairs.first { $0.key.scalarText == "name" }?.value.scalarText
        return name?.isEmpty == false ? name : nil
    }
}
