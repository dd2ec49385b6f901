import Records
import Yams

/// Reads pipeline files, which are YAML.
extension ConfigNode {
    /// Reads a file. References are resolved inside scalars; every problem is reported.
    package static func parse(
        _ yaml: String,
        file: String,
        environment: Environment
    ) throws(PlanError) -> ConfigNode {
        let root = try read(yaml, file: file, environment: environment)
        guard root.unresolved.isEmpty else { throw PlanError(root.unresolved) }
        return root
    }

    /// Reads a file. The caller checks for `unresolved` references if they matter.
    ///
    /// - Parameter base: replaces the file's own `base`.
    package static func read(
        _ yaml: String,
        file: String,
        environment: Environment,
        base: String? = nil
    ) throws(PlanError) -> ConfigNode {
        let top = SourceLocation(file: file, line: 1, column: 1)
        try FileBounds.check(yaml, top: top)
        let yaml = yaml.hasPrefix("\u{FEFF}") ? String(yaml.dropFirst()) : yaml
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw PlanError(problems(error, in: yaml, top: top))
        } catch {
            throw PlanError([Diagnostic("the file is not valid YAML", at: top)])
        }
        guard let node, !node.isEmpty else {
            let hint = "write the sections source, extract and load; `axport init --list` has examples"
            throw PlanError([Diagnostic("the file is empty", hint: hint, at: top)])
        }
        var bounds = FileBounds()
        let environment = environment.based(on: base ?? node.base, at: top)
        return try ConfigNode(node, file: file, environment: environment, &bounds)
    }

    private static func place(_ mark: Mark, _ file: String) -> SourceLocation {
        SourceLocation(file: file, line: mark.line, column: mark.column)
    }

    private static func problems(_ error: YamlError, in yaml: String, top: SourceLocation) -> [Diagnostic] {
        if let fault = YAMLFault(error, in: yaml, file: top.file) {
            if case .duplicatedKeysInMapping(let names, _) = error { return names.map(fault.repeated) }
            return fault.diagnostics
        }
        return [YAMLFault.characters(of: yaml, top: top)]
    }
}

extension Node {
    /// Whether the document has nothing in it.
    fileprivate var isEmpty: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.string.isEmpty && scalar.style == .plain
    }
}

extension ConfigNode {
    fileprivate init(
        _ node: Node,
        file: String,
        environment: Environment,
        _ bounds: inout FileBounds
    ) throws(PlanError) {
        location = node.mark.map { Self.place($0, file) } ?? SourceLocation(file: file, line: 1, column: 1)
        try bounds.add(at: location)
        switch node {
        case .scalar(let scalar):
            if scalar.tag.isOwn { throw PlanError([YAMLFault.tag(scalar, at: location)]) }
            command = nil
            let resolved = environment.resolve(scalar.string, at: location)
            content = .scalar(
                Scalar(
                    text: resolved.text,
                    written: scalar.string,
                    references: resolved.references,
                    isOnOneLine: ![.literal, .folded].contains(scalar.style) && !scalar.string.contains("\n"),
                    isQuoted: [.singleQuoted, .doubleQuoted].contains(scalar.style),
                    unresolved: resolved.problems,
                    secrets: environment.secrets,
                    file: environment.pipelineFile,
                    base: environment.base
                )
            )
        case .sequence(let nodes):
            command = nil
            var items: [ConfigNode] = []
            for node in nodes { items.append(try ConfigNode(node, file: file, environment: environment, &bounds)) }
            content = .list(items)
        case .mapping(let nodes):
            var pairs: [(key: ConfigNode, value: ConfigNode)] = []
            for (key, value) in nodes {
                let key = try ConfigNode(key, file: file, environment: environment, &bounds)
                pairs.append((key, try ConfigNode(value, file: file, environment: environment, &bounds)))
            }
            content = .map(pairs)
            command = CommandValue(pairs, environment: environment, at: location)
        case .alias:
            command = nil
            content = .scalar(Scalar(text: "", references: [], isOnOneLine: true, isQuoted: false))
        }
    }
}
