import Records
import Stages

/// `--set KEY=VALUE`: one value of a pipeline file, set on the command line. KEY is a path such as `source.rate`,
/// `coverage.max_requests` or `load.0.csv.file`: a stage is found by its name, or by its position in a list, counted
/// from 0. In a file with `sources`, `source.x` sets x for every source.
package struct Override: Sendable {
    let path: [String]
    let value: String
    /// The key only: the value may be a secret.
    private let key: String

    package init(_ text: String) throws(Failure) {
        let key = text.prefix { $0 != "=" }
        path = key.split(separator: ".").map(String.init)
        guard let equals = text.firstIndex(of: "="), !path.isEmpty else {
            throw Failure(.usage, "--set: expected KEY=VALUE, such as source.rate=5")
        }
        self.key = String(key)
        value = String(text[text.index(after: equals)...])
    }

    /// Whether it sets the base of relative paths.
    var isBase: Bool { path == ["base"] }

    /// Whether it says where the sources are, or what all of them have.
    var isOfSourceTable: Bool { path.count > 1 && path[0] == "sources" && SourceTable.settings.contains(path[1]) }

    /// Resolves references in the value as in the file.
    func applied(to root: ConfigNode, environment: Environment) throws(PlanError) -> ConfigNode {
        let resolved = environment.resolve(value, at: root.location)
        guard resolved.problems.isEmpty else {
            throw PlanError(
                resolved.problems.map {
                    Diagnostic("--set \(key): \($0.message)", hint: $0.hint, at: $0.location, code: .usage)
                }
            )
        }
        if path.first == "source", case .map(let pairs) = root.content,
            let sources = pairs.first(where: { $0.key.scalarText == "sources" })?.value
        {
            var changed = root
            for index in sources.items.indices {
                changed = try replace(["sources", "\(index)"] + path.dropFirst(), in: changed, with: resolved)
            }
            return changed
        }
        return try replace(place(in: root)[...], in: root, with: resolved)
    }

    /// The path from the top of the file.
    private func place(in root: ConfigNode) throws(PlanError) -> [String] {
        guard let first = path.first, !PlanBuilder.sections.contains(first) else { return path }
        return try found(path[...], in: StagePlaces(in: root), or: PlanBuilder.sections, at: root)
    }

    /// The rest of the path, with the place of the one stage that its first step names.
    private func found(
        _ rest: ArraySlice<String>,
        in stages: StagePlaces,
        or others: [String] = [],
        at node: ConfigNode
    ) throws(PlanError) -> [String] {
        let name = rest.first ?? ""
        let paths = stages.all.filter { $0.name == name }.map { $0.path + rest.dropFirst() }
        if let path = paths.first, paths.count == 1 { return path }
        guard paths.isEmpty else {
            let walked = path.dropLast(rest.count)
            let keys = paths.map { (walked + $0).joined(separator: ".") }
            throw problem(
                "the file has \(paths.count) stages '\(name)'",
                hint: "name one of them: \(keys.joined(separator: ", "))",
                at: node
            )
        }
        let what = others.isEmpty ? "'\(name)' here" : "section or stage '\(name)' in the file"
        var seen: Set<String> = []
        let known = (others + stages.all.map(\.name)).filter { seen.insert($0).inserted }
        throw problem("no \(what)", hint: unknownName("stage", name, known: known).hint, at: node)
    }

    private func replace(
        _ path: ArraySlice<String>,
        in node: ConfigNode,
        with value: Environment.Resolved
    ) throws(PlanError) -> ConfigNode {
        guard let step = path.first else { return value.node(at: node.location) }
        switch node.content {
        case .list(var items):
            guard let index = Int(step) else {
                return try replace(found(path, in: StagePlaces(of: node), at: node)[...], in: node, with: value)
            }
            guard items.indices.contains(index) else { throw problem("no '\(step)' here", at: node) }
            items[index] = try replace(path.dropFirst(), in: items[index], with: value)
            return ConfigNode(content: .list(items), location: node.location)
        case .map(var pairs):
            if let index = pairs.firstIndex(where: { $0.key.scalarText == step }) {
                pairs[index].value = try replace(path.dropFirst(), in: pairs[index].value, with: value)
            } else {
                pairs.append(try entry(path, at: node.location, with: value))
            }
            return ConfigNode(content: .map(pairs), location: node.location)
        // A stage without settings, as in `- coverage`.
        case .scalar(let scalar) where node.isEmpty || scalar.text == step:
            let entry = try entry(path, at: node.location, with: value)
            return ConfigNode(content: .map([entry]), location: node.location)
        case .scalar: throw problem("no '\(step)' here", at: node)
        }
    }

    /// A new entry of a map: the first step of a path, with the value below it.
    private func entry(
        _ path: ArraySlice<String>,
        at location: SourceLocation,
        with value: Environment.Resolved
    ) throws(PlanError) -> (key: ConfigNode, value: ConfigNode) {
        let name = path.first ?? ""
        let key = ConfigNode.Scalar(text: name, references: [], isOnOneLine: false, isQuoted: false)
        return (
            ConfigNode(content: .scalar(key), location: location),
            try replace(path.dropFirst(), in: ConfigNode(content: .map([]), location: location), with: value)
        )
    }

    private func problem(_ message: String, hint: String? = nil, at node: ConfigNode) -> PlanError {
        PlanError([Diagnostic("--set \(key): \(message)", hint: hint, at: node.location, code: .usage)])
    }
}
