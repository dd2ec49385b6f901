import Records

/// A stage as written: `name`, `name: body` or `{ name: body }`.
package struct NamedBody {
    package let name: String
    package let key: ConfigNode
    package private(set) var body: ConfigNode?

    /// Nil, with its problem recorded, if the node has another form. Settings beside the name are reported and read
    /// as if they were below it.
    ///
    /// - Parameter known: the names of all stages of this kind.
    package init?(_ node: ConfigNode, _ kind: String, known: [String], problems: inout Problems) {
        switch node.content {
        case .scalar(let scalar) where !scalar.text.isEmpty:
            name = scalar.text
            key = node
            return
        case .map(let pairs):
            guard let first = pairs.first, let name = problems.keep(try String(from: first.key)) else { break }
            self.name = name
            key = first.key
            body = first.value
            guard pairs.count > 1 else { return }
            guard first.value.isLeftOut, !pairs.dropFirst().contains(where: { known.contains($0.key.scalarText ?? "") })
            else {
                problems.add(Self.several(pairs[1].key, after: name))
                return
            }
            let rest = Array(pairs.dropFirst())
            problems.add(Self.besides(rest[0].key, of: name))
            body = ConfigNode(content: .map(rest), location: rest[0].key.location)
            return
        case .scalar, .list: break
        }
        problems.add(Diagnostic("expected one \(kind), as in `name` or `name: { … }`", at: node.location))
        return nil
    }

    private static func several(_ key: ConfigNode, after name: String) -> Diagnostic {
        Diagnostic(
            "'\(key.scalarText ?? "")' is part of the list item '\(name)'",
            hint: "begin it with `- `, or, if it is a setting, write it below '\(name)'",
            at: key.location
        )
    }

    /// A setting that is one level too shallow.
    static func besides(_ key: ConfigNode, of name: String) -> Diagnostic {
        Diagnostic(
            "'\(key.scalarText ?? "")' is beside '\(name)', not below it",
            hint: "begin the settings of '\(name)' with two more spaces",
            at: key.location
        )
    }
}

extension ConfigNode {
    /// The name and body of a stage: `name`, `name: body` or `{ name: body }`.
    package func namedBody(_ kind: String) throws(Diagnostic) -> NamedBody {
        var problems = Problems()
        let named = NamedBody(self, kind, known: [], problems: &problems)
        guard let named, problems.found.isEmpty else { throw problems.found.first ?? .unjudged(at: location) }
        return named
    }

    /// A map in which names that do not belong there, and follow a section without a value, are read as if they
    /// were below it. Each such section is reported once.
    package func withSections(_ known: [String], problems: inout Problems) -> ConfigNode {
        guard case .map(let pairs) = content else { return self }
        var kept: [(key: ConfigNode, value: ConfigNode)] = []
        var moved: [(key: ConfigNode, value: ConfigNode)] = []
        func isKnown(_ key: ConfigNode) -> Bool { known.contains(key.scalarText ?? "") }
        for pair in pairs {
            let name = pair.key.scalarText ?? ""
            guard nearestName(to: name, in: known) == nil, let last = kept.last, isKnown(last.key),
                last.value.isLeftOut || !moved.isEmpty
            else {
                moved = []
                kept.append(pair)
                continue
            }
            if moved.isEmpty { problems.add(NamedBody.besides(pair.key, of: last.key.scalarText ?? "")) }
            moved.append(pair)
            kept[kept.count - 1].value = ConfigNode(content: .map(moved), location: moved[0].key.location)
        }
        return ConfigNode(content: .map(kept), location: location)
    }

    /// Whether nothing is written after the colon.
    fileprivate var isLeftOut: Bool { if case .scalar = content { isEmpty } else { false } }
}
