/// The settings of a stage in a pipeline file, and how to build the stage. Parsing, checking, and the reference page
/// all use this one value.
package struct StageSpec<Stage>: Sendable {
    package let name: String
    package let doc: String
    package let example: String
    package let settings: [SettingDoc]
    /// Whether the stage's body is one value instead of named settings, as in `where: expression`.
    package let hasBareBody: Bool
    private let make: @Sendable (_ key: ConfigNode, _ body: ConfigNode?) throws(PlanError) -> Stage

    /// A stage with named settings.
    package init<each Value: SettingValue>(
        _ name: String,
        _ doc: String,
        example: String,
        settings: repeat Setting<each Value>,
        build: @escaping @Sendable (repeat each Value) throws(PlanError) -> Stage
    ) {
        self.init(name, doc, example: example, group: SettingGroup(settings: repeat each settings, build: build))
    }

    /// A stage with a shared group of settings and its own settings.
    package init<Shared, each Value: SettingValue>(
        _ name: String,
        _ doc: String,
        example: String,
        shared: SettingGroup<Shared>,
        settings: repeat Setting<each Value>,
        build: @escaping @Sendable (Shared, repeat each Value) throws(PlanError) -> Stage
    ) {
        self.init(
            name,
            doc,
            example: example,
            group: SettingGroup(shared: shared, settings: repeat each settings, build: build)
        )
    }

    private init(_ name: String, _ doc: String, example: String, group: SettingGroup<Stage>) {
        self.name = name
        self.doc = doc
        self.example = example
        settings = group.docs
        hasBareBody = false
        let names = group.docs.map(\.name)
        make = { (key, body) throws(PlanError) in
            var problems = Problems()
            let nodes = try SettingNodes(stage: name, key: key, body: body, allowed: names, problems: &problems)
            let stage = group.read(nodes, &problems)
            guard let stage, problems.found.isEmpty else { throw PlanError(problems.found) }
            return stage
        }
    }

    /// A stage whose body is the value itself.
    package init<Value: SettingValue>(
        _ name: String,
        _ doc: String,
        example: String,
        body setting: Setting<Value>,
        build: @escaping @Sendable (Value) throws(PlanError) -> Stage
    ) {
        self.name = name
        self.doc = doc
        self.example = example
        settings = [setting.doc]
        hasBareBody = true
        make = { (key, body) throws(PlanError) in
            guard let body else {
                throw PlanError([
                    Diagnostic(
                        "\(name) needs \(Value.typeName): \(setting.doc.meaning.firstSentence)",
                        at: key.location
                    )
                ])
            }
            var problems = Problems()
            guard let value = problems.read(body, as: Value.self) else { throw PlanError(problems.found) }
            return try build(value)
        }
    }

    /// What can follow the stage's name.
    package var bodyForm: ValueForm { hasBareBody ? settings.first?.form ?? .text : .settings(settings) }

    /// Whether the name alone is a stage.
    package var needsNoBody: Bool { !hasBareBody && !settings.contains(where: \.isRequired) }

    package func build(key: ConfigNode, body: ConfigNode?) throws(PlanError) -> Stage { try make(key, body) }
}

/// One setting of a stage, required unless it has a default.
package struct Setting<Value: SettingValue>: Sendable {
    package let doc: SettingDoc
    private let name: String
    private let fallback: Value?

    package init(_ name: String, _ meaning: String, default fallback: Value? = nil) {
        self.name = name
        self.fallback = fallback
        doc = SettingDoc(
            name: name,
            type: Value.typeName,
            form: Value.form,
            fallback: fallback.flatMap(Self.text),
            isRequired: fallback == nil,
            meaning: meaning
        )
    }

    /// A setting that may be omitted.
    package static func optional<Wrapped>(_ name: String, _ meaning: String) -> Setting where Value == Wrapped? {
        Setting(name, meaning, default: .some(.none))
    }

    /// The value as written in a pipeline file; nil for none.
    private static func text(_ value: Value) -> String? {
        let text = (value as? any RawRepresentable<String>)?.rawValue ?? "\(value)"
        return text == "nil" ? nil : text
    }

    func read(_ nodes: SettingNodes, _ problems: inout Problems) -> Value? {
        if let node = nodes.byName[name] {
            var own = Problems()
            let value = own.read(node, as: Value.self)
            // In place of an unknown value, the default shows whether the rest is right.
            if value == nil, let fallback, own.told.isEmpty { return fallback }
            problems.add(own.found)
            return value
        }
        if let fallback { return fallback }
        problems.add(Diagnostic("\(nodes.stage) needs '\(name)': \(doc.meaning.firstSentence)", at: nodes.location))
        return nil
    }
}

/// The settings written under one name.
struct SettingNodes {
    let stage: String
    let location: SourceLocation
    let byName: [String: ConfigNode]

    init(
        stage: String,
        key: ConfigNode,
        body: ConfigNode?,
        allowed: [String],
        problems: inout Problems
    ) throws(PlanError) {
        self.stage = stage
        location = key.location
        guard let body else {
            byName = [:]
            return
        }
        guard let entries = body.entries(allowed, of: stage, problems: &problems) else {
            throw PlanError(problems.found)
        }
        byName = entries
    }
}
