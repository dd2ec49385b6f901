import Records

/// A YAML value with its place in the file. Scalars stay text; each setting decides its own type.
package struct ConfigNode: Sendable {
    package enum Content: Sendable {
        case scalar(Scalar)
        case list([ConfigNode])
        case map([(key: ConfigNode, value: ConfigNode)])
    }

    package struct Scalar: Sendable {
        /// The text with its references resolved.
        package let text: String
        /// The text with its references; nil if it is not from a file.
        let written: String?
        package let references: [Reference]
        /// Whether character N of the text is N columns after the node's place in the file.
        package let isOnOneLine: Bool
        package let isQuoted: Bool
        /// The problems of its references.
        package let unresolved: [Diagnostic]
        /// Where to add the text if it turns out to be a secret.
        package let secrets: Secrets?
        /// The pipeline file that contains it; nil if none does.
        let file: FilePermissions?
        /// The base of the path, if the text turns out to be one.
        package let base: PathBase

        package init(
            text: String,
            written: String? = nil,
            references: [Reference],
            isOnOneLine: Bool,
            isQuoted: Bool,
            unresolved: [Diagnostic] = [],
            secrets: Secrets? = nil,
            file: FilePermissions? = nil,
            base: PathBase = PathBase(.working, home: nil)
        ) {
            self.text = text
            self.written = written
            self.references = references
            self.isOnOneLine = isOnOneLine
            self.isQuoted = isQuoted
            self.unresolved = unresolved
            self.secrets = secrets
            self.file = file
            self.base = base
        }

        /// Whether a part of it is in the pipeline file itself, even if only as the default of a reference.
        var isWritten: Bool { references.isEmpty || references.contains { $0.value == nil && !$0.isUnknown } }
    }

    package let content: Content
    package let location: SourceLocation
    /// The command, if this is the map `{ command: […] }`: its output is the text.
    let command: CommandValue?

    package init(content: Content, location: SourceLocation, command: CommandValue? = nil) {
        self.content = content
        self.location = location
        self.command = command
    }
}

/// Values from a command line, not a file; `origin` names the option in messages.
extension ConfigNode {
    ///
    /// - Parameter base: the base of a path.
    package static func scalar(
        _ text: String,
        origin: String,
        base: PathBase = PathBase(.working, home: nil)
    ) -> ConfigNode {
        let scalar = Scalar(text: text, references: [], isOnOneLine: true, isQuoted: false, base: base)
        return ConfigNode(content: .scalar(scalar), location: SourceLocation(file: origin, line: 1, column: 1))
    }

    package static func list(_ items: [ConfigNode], origin: String) -> ConfigNode {
        ConfigNode(content: .list(items), location: SourceLocation(file: origin, line: 1, column: 1))
    }

    package static func map(_ pairs: [(String, ConfigNode)], origin: String) -> ConfigNode {
        let pairs = pairs.map { (key: scalar($0.0, origin: origin), value: $0.1) }
        return ConfigNode(content: .map(pairs), location: SourceLocation(file: origin, line: 1, column: 1))
    }

    /// The same map with one entry replaced or added.
    package func replacing(_ name: String, with value: ConfigNode) -> ConfigNode {
        guard case .map(var pairs) = content else { return self }
        pairs.removeAll { $0.key.scalarText == name }
        pairs.append((.scalar(name, origin: location.file), value))
        return ConfigNode(content: .map(pairs), location: location)
    }

    /// The same map with one entry, if it has it, changed.
    package func changing(_ name: String, _ change: (ConfigNode) -> ConfigNode) -> ConfigNode {
        guard case .map(var pairs) = content, let index = pairs.firstIndex(where: { $0.key.scalarText == name })
        else { return self }
        pairs[index].value = change(pairs[index].value)
        return ConfigNode(content: .map(pairs), location: location)
    }

    /// The problems of the references in it.
    package var unresolved: [Diagnostic] { unresolved(except: []) }

    /// - Parameter left: places of nodes to ignore.
    package func unresolved(except left: Set<SourceLocation>) -> [Diagnostic] {
        if left.contains(location) { return [] }
        return switch content {
        case .scalar(let scalar): scalar.unresolved
        case .list(let items): items.flatMap { $0.unresolved(except: left) }
        case .map(let pairs): pairs.flatMap { $0.key.unresolved + $0.value.unresolved(except: left) }
        }
    }

    /// Whether a part of it is unknown here, and a text stands in its place.
    package var isUnknown: Bool {
        if let command, command.isUnknown { return true }
        return switch content {
        case .scalar(let scalar): scalar.references.contains(where: \.isUnknown)
        case .list(let items): items.contains(where: \.isUnknown)
        case .map(let pairs): pairs.contains { $0.key.isUnknown || $0.value.isUnknown }
        }
    }

    /// The files that its references read.
    package var referencedFiles: [String] {
        switch content {
        case .scalar(let scalar): scalar.references.compactMap(\.filePath)
        case .list(let items): items.flatMap(\.referencedFiles)
        case .map(let pairs): pairs.flatMap { $0.key.referencedFiles + $0.value.referencedFiles }
        }
    }

    /// The value of a map's entry.
    package subscript(name: String) -> ConfigNode? {
        guard case .map(let pairs) = content else { return nil }
        return pairs.first { $0.key.scalarText == name }?.value
    }

    package var scalarText: String? { if case .scalar(let scalar) = content { scalar.text } else { nil } }
}

extension ConfigNode {
    package var items: [ConfigNode] { if case .list(let items) = content { items } else { [self] } }

    /// Whether it is empty: an empty list, or a name with everything below it commented out.
    package var isEmpty: Bool {
        switch content {
        case .scalar(let scalar): scalar.text.isEmpty && !scalar.isQuoted
        case .list(let items): items.isEmpty
        case .map(let pairs): pairs.isEmpty
        }
    }

    /// Whether all of it is in the pipeline file itself.
    package var isWithoutReferences: Bool {
        if case .scalar(let scalar) = content { scalar.references.isEmpty } else { true }
    }

    /// The stages of a section.
    package var stages: [ConfigNode] { isEmpty ? [] : items }

    /// The location of a character of this scalar, counted from 0; the scalar's start if unknown.
    package func location(ofCharacter offset: Int) -> SourceLocation {
        guard case .scalar(let scalar) = content, scalar.isOnOneLine, scalar.references.isEmpty else { return location }
        var place = location
        place.column += offset + (scalar.isQuoted ? 1 : 0)
        return place
    }

    /// The problem of a setting's name.
    package func unknownSetting(_ name: String, known: [String]) -> Diagnostic {
        if isUnknown { return .unjudged(at: location) }
        return Diagnostic(slip(in: name) ?? unknownName("setting", name, known: known), at: location)
    }

    /// The entries of a map. Reports every unknown name.
    package func entries(_ allowed: [String], of what: String, problems: inout Problems) -> [String: ConfigNode]? {
        if case .scalar(let scalar) = content, scalar.text.isEmpty { return [:] }
        guard case .map(let pairs) = content else {
            let slip = scalarText.flatMap(slip)
            problems.add(
                slip.map { Diagnostic($0, at: location) }
                    ?? Diagnostic("\(what): expected `name: value` pairs", at: location)
            )
            return nil
        }
        var entries: [String: ConfigNode] = [:]
        for (key, value) in pairs {
            guard let name = problems.keep(try String(from: key)) else { continue }
            if allowed.contains(name) {
                entries[name] = value
            } else {
                problems.add(key.unknownSetting(name, known: allowed))
            }
        }
        return entries
    }
}
