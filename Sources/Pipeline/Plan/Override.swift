import Records
import Stages

/// `--set KEY=VALUE`: one value of a pipeline file, set on the command line. KEY is a path such as `source.rate` or
/// `load.0.csv.file`; items of lists count from 0. In a file with `sources`, `source.x` sets x for every source.
package struct Override: Sendable {
    let path: [Substring]
    let value: String
    /// The key only: the value may be a secret.
    private let key: String

    package init(_ text: String) throws(Failure) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw Failure(.usage, "--set: expected KEY=VALUE, such as source.rate=5")
        }
        key = String(text[..<equals])
        path = text[..<equals].split(separator: ".")
        value = String(text[text.index(after: equals)...])
    }

    /// Whether it sets the base of relative paths.
    var isBase: Bool { path == ["base"] }

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
        return try replace(path[...], in: root, with: resolved)
    }

    private func replace(
        _ path: ArraySlice<Substring>,
        in node: ConfigNode,
        with value: Environment.Resolved
    ) throws(PlanError) -> ConfigNode {
        guard let step = path.first else { return value.node(at: node.location) }
        switch node.content {
        case .list(var items):
            guard let index = Int(step), items.indices.contains(index) else { throw missing(step, at: node) }
            items[index] = try replace(path.dropFirst(), in: items[index], with: value)
            return ConfigNode(content: .list(items), location: node.location)
        case .map(var pairs):
            if let index = pairs.firstIndex(where: { $0.key.scalarText == String(step) }) {
                pairs[index].value = try replace(path.dropFirst(), in: pairs[index].value, with: value)
            } else {
                let key = ConfigNode.Scalar(text: String(step), references: [], isOnOneLine: false, isQuoted: false)
                let empty = ConfigNode(content: .map([]), location: node.location)
                pairs.append(
                    (
                        ConfigNode(content: .scalar(key), location: node.location),
                        try replace(path.dropFirst(), in: empty, with: value)
                    )
                )
            }
            return ConfigNode(content: .map(pairs), location: node.location)
        case .scalar: throw missing(step, at: node)
        }
    }

    private func missing(_ step: Substring, at node: ConfigNode) -> PlanError {
        PlanError([Diagnostic("--set \(key): no '\(step)' here", at: node.location, code: .usage)])
    }
}
