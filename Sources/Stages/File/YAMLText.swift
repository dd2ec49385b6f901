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
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml.hasPrefix("\u{FEFF}") ? String(yaml.dropFirst()) : yaml)
        } catch let error as YamlError {
            throw PlanError([Diagnostic(problem(error), at: mark(error).map { place($0, file) } ?? top)])
        } catch {
            throw PlanError([Diagnostic("the file is not valid YAML", at: top)])
        }
        guard let node else { throw PlanError([Diagnostic("the file is empty", at: top)]) }
        var bounds = FileBounds()
        let environment = environment.based(on: base ?? node.base, at: top)
        return try ConfigNode(node, file: file, environment: environment, &bounds)
    }

    private static func place(_ mark: Mark, _ file: String) -> SourceLocation {
        SourceLocation(file: file, line: mark.line, column: mark.column)
    }

    private static func mark(_ error: YamlError) -> Mark? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark
        case .duplicatedKeysInMapping(_, let context): context.mark
        default: nil
        }
    }

    private static func problem(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let duplicates, _): "written twice: \(duplicates.joined(separator: ", "))"
        // The library's full text repeats lines of the file, which may include a password.
        case .reader(let problem, _, _, _): "this is not valid YAML text: \(problem)"
        default: "the file is not valid YAML"
        }
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
            command = nil
            let resolved = environment.resolve(scalar.string, at: location)
            content = .scalar(
                Scalar(
                    text: resolved.text,
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
