import Records
import Stages

/// The section `notify`: the receivers of notices about a pipeline file's runs.
package struct NotifySettings: Sendable {
    package private(set) var notices: [Notice] = []

    package init() {}

    static let meaning = """
        Notices about runs of `axport run`: a map of the notices below, or a list if there are several of one \
        kind. A notice with nothing but a URL, or a program with its arguments, can be written as a plain value. \
        `run --offline` and all other commands send nothing.

        There is one notice for each file that is run, with all of its sources, when the last of them has ended and its \
        inventory is free again. All notices are sent at once and may take 30 seconds. They contain counts and causes, \
        but no serial numbers. A notice that fails is a warning and does not change the exit code. A file that is not valid is \
        reported as failed if its section `notify` can be read. Requests use HTTPS_PROXY and \
        follow no redirects. Messages show only the host of a URL.
        """

    static var form: ValueForm {
        let docs = Notice.specs.map { spec in
            let plain = spec.settings.first { $0.name == Notice.mainSetting(of: spec.name) }?.form ?? .text
            let form = ValueForm.anyOf([.settings(spec.settings), plain])
            return SettingDoc(name: spec.name, type: "", form: form, meaning: spec.doc)
        }
        return .anyOf([.settings(docs), .list(.oneOf(docs), acceptsOne: false)])
    }

    /// Reads the section: a map, or a list if it has several notices of one kind.
    static func read(_ node: ConfigNode?, problems: inout Problems) -> NotifySettings {
        var settings = NotifySettings()
        guard let node, !node.isEmpty else { return settings }
        for item in items(of: node, problems: &problems) {
            let known = Notice.specs.map(\.name)
            guard let named = NamedBody(item, "notice", known: known, problems: &problems) else { continue }
            guard let spec = Notice.specs.first(where: { $0.name == named.name }) else {
                problems.add(Diagnostic(unknownName("notice", named.name, known: known), at: named.key.location))
                continue
            }
            let body = named.body.map { $0.asSettings(Notice.mainSetting(of: named.name)) }
            if let notice = problems.take(try spec.build(key: named.key, body: body)) {
                settings.notices.append(notice)
            }
        }
        return settings
    }

    private static func items(of node: ConfigNode, problems: inout Problems) -> [ConfigNode] {
        guard case .map(let pairs) = node.content else { return node.stages(of: "notify", problems: &problems) }
        return pairs.map { ConfigNode(content: .map([$0]), location: $0.key.location) }
    }
}

extension ConfigNode {
    /// The named settings. A plain value, or a program that prints one, is the value of the setting with this name.
    fileprivate func asSettings(_ name: String) -> ConfigNode {
        if case .map(let pairs) = content, pairs.count != 1 || pairs[0].key.scalarText != "command" { return self }
        let key = Scalar(text: name, references: [], isOnOneLine: false, isQuoted: false)
        return ConfigNode(
            content: .map([(ConfigNode(content: .scalar(key), location: location), self)]),
            location: location
        )
    }
}
