/// An ordered map from new names to values, for `compute` and `rename`.
package struct NamedValues<Value: SettingValue>: SettingValue {
    package struct Entry: Sendable {
        package let name: String
        package let location: SourceLocation
        package let value: Value
    }
    package let entries: [Entry]

    private static var limit: Int { 1000 }

    package static var typeName: String { "map of name to \(Value.typeName)" }
    package static var form: ValueForm { .named(Value.form) }

    package static func problems(of node: ConfigNode) -> [Diagnostic] {
        do {
            _ = try Self(from: node)
            return []
        } catch {
            guard case .map(let pairs) = node.content else { return [error] }
            let ofEntries = pairs.flatMap { String.problems(of: $0.key) + Value.problems(of: $0.value) }
            return ofEntries.isEmpty ? [error] : ofEntries
        }
    }

    package init(from node: ConfigNode) throws(Diagnostic) {
        guard case .map(let pairs) = node.content, !pairs.isEmpty else {
            throw Diagnostic("expected `name: \(Value.typeName)` pairs", at: node.location)
        }
        guard pairs.count <= Self.limit else {
            throw Diagnostic("\(pairs.count) entries are more than the limit of \(Self.limit)", at: node.location)
        }
        var entries: [Entry] = []
        for (key, value) in pairs {
            entries.append(Entry(name: try String(from: key), location: key.location, value: try Value(from: value)))
        }
        self.entries = entries
    }
}

/// A SQLite expression over the columns. If the value is a map, `type` is the type of its result.
package struct Expression: SettingValue, CustomStringConvertible {
    package let node: ConfigNode
    package let sql: String

    package static var typeName: String { "SQL expression" }

    package init(from node: ConfigNode) throws(Diagnostic) {
        self.node = node
        sql = try String(from: node)
    }

    package var description: String { sql }
    package var location: SourceLocation { node.location }
}
