import Records

/// Texts in which `{name}` stands for the name of a source.
extension ConfigNode {
    private static let placeholder = "{name}"

    /// A text of a table, with its references resolved.
    package init(written text: String, at location: SourceLocation, environment: Environment) {
        let resolved = environment.resolve(text, at: location)
        let scalar = Scalar(
            text: resolved.text,
            written: text,
            references: resolved.references,
            isOnOneLine: false,
            isQuoted: false,
            unresolved: resolved.problems,
            secrets: environment.secrets,
            file: environment.pipelineFile,
            base: environment.base
        )
        self.init(content: .scalar(scalar), location: location)
    }

    /// A text with problems of its own.
    package init(_ text: String, problems: [Diagnostic], at location: SourceLocation) {
        let scalar = Scalar(text: text, references: [], isOnOneLine: false, isQuoted: false, unresolved: problems)
        self.init(content: .scalar(scalar), location: location)
    }

    /// The same value for one source. References are resolved when its name is in them, so `${env:KEY_{name}}` is one
    /// variable for each source.
    ///
    /// - Parameter place: the place of the source, if it is in a table: problems are about its row.
    package func forSource(_ name: String, place: SourceLocation? = nil, in environment: Environment) -> ConfigNode {
        switch content {
        case .scalar(let scalar):
            guard let written = scalar.written, written.contains(Self.placeholder) else { return self }
            var environment = environment
            environment.folder = scalar.base.folder
            return ConfigNode(
                written: written.replacing(Self.placeholder, with: name),
                at: place ?? location,
                environment: environment
            )
        case .list(let items):
            let items = items.map { $0.forSource(name, place: place, in: environment) }
            return ConfigNode(content: .list(items), location: location)
        case .map(let pairs):
            let pairs = pairs.map { (key: $0.key, value: $0.value.forSource(name, place: place, in: environment)) }
            let command = command.flatMap { _ in
                CommandValue(pairs, environment: environment, at: place ?? location)
            }
            return ConfigNode(content: .map(pairs), location: location, command: command)
        }
    }
}
