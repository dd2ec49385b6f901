import Records
import Stages

/// One of several sources that cannot be read, for example because its key file is missing.
struct UnusableSource: Sendable {
    let name: String
    let problem: PlanError
    let node: ConfigNode
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
    /// The pipeline file.
    private let file: String

    static var form: ValueForm {
        let settings = SourceSettings.spec.settings.map(\.optional)
        let defaults = SettingDoc(
            name: "defaults",
            type: "settings",
            form: .settings(settings.filter { $0.name != "name" }),
            meaning: "Settings that each source has unless it says otherwise. `{name}` stands for its name."
        )
        func table(_ name: String, _ form: ValueForm, _ meaning: String) -> ValueForm {
            .settings([SettingDoc(name: name, type: "", form: form, isRequired: true, meaning: meaning), defaults])
        }
        return .anyOf([
            .list(SourceSettings.form(isNameRequired: true)),
            table("file", .text, "CSV with a row for each source, in columns named like its settings."),
            table("folder", .text, "Folder with a YAML file for each source, named NAME.yaml."),
            table("list", .list(.settings(settings)), "Sources, as in a list without defaults."),
        ])
    }

    init(
        source: ConfigNode?,
        sources: ConfigNode?,
        root: ConfigNode,
        choice: SourceChoice,
        problems: inout Problems
    ) {
        areSeveral = sources != nil
        location = (sources ?? source ?? root).location
        file = root.location.file
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
        // A table that cannot be read says so itself.
        if case .scalar = list.content, !list.unresolved.isEmpty { return }
        if list.isEmpty {
            problems.add(Diagnostic("'sources' is empty: name at least one organization", at: list.location))
        }
        var seen: [String: String] = [:]
        for item in list.stages {
            guard let name = Self.name(of: item) else {
                problems.add(
                    Diagnostic("each of 'sources' needs a 'name', which its rows get", at: item.location)
                )
                continue
            }
            // Files are named after sources, and some file systems ignore case.
            let other = seen.updateValue(name, forKey: name.lowercased())
            let twice = other.map { other in
                let same = other == name ? "" : " (as '\(other)')"
                return Diagnostic("the source '\(name)' is listed twice\(same)", at: item.location)
            }
            if isInTable(item), let twice {
                leave(item, choice.takes(name) ? twice : nil)
                continue
            }
            if let twice { problems.add(twice) }
            names.append(name)
            guard choice.takes(name) else {
                left.append(item)
                continue
            }
            take(item, name, &problems)
        }
    }

    /// Whether it is not in the pipeline file, so that it stops no other source.
    private func isInTable(_ item: ConfigNode) -> Bool { item.location.file != file }

    /// Leaves out a source that has the name of another one.
    private mutating func leave(_ item: ConfigNode, _ problem: Diagnostic?) {
        left.append(item)
        guard let problem else { return }
        let place = "\(item.location.file.split(separator: "/").last ?? ""):\(item.location.line)"
        names.append(place)
        unusable.append(UnusableSource(name: place, problem: PlanError([problem]), node: item))
    }

    private mutating func take(_ item: ConfigNode, _ name: String, _ problems: inout Problems) {
        let unresolved = item.unresolved + item.failedCommands
        var own = Problems(unresolved)
        let settings = Self.settings(item, &own)
        if isInTable(item) ? own.told.isEmpty : unresolved.isEmpty {
            problems.add(own.found)
            if let settings { chosen.append(settings) }
        } else {
            unusable.append(UnusableSource(name: name, problem: PlanError(own.told), node: item))
            left.append(item)
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
