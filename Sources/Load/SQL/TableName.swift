import Records
import Stages

/// A table, with an optional schema and with quotes as in PostgreSQL: `devices`, `assets.devices`,
/// `asset-db."my.devices"`. Case-sensitive, also without quotes.
struct TableName: SettingValue, CustomStringConvertible {
    let schema: String?
    let name: String

    static var typeName: String { "table" }

    init(_ name: String, in schema: String? = nil) {
        self.schema = schema
        self.name = name
    }

    init(from node: ConfigNode) throws(Diagnostic) {
        guard let parts = Self.parts(of: try String(from: node)), let last = parts.last, parts.count <= 2 else {
            throw Diagnostic(
                #"expected a table such as devices, assets.devices or "name with a .""#,
                at: node.location
            )
        }
        self.init(last, in: parts.count == 2 ? parts[0] : nil)
    }

    /// The names between the periods, without quotes; nil if a name cannot be read.
    private static func parts(of text: String) -> [String]? {
        var parts: [String] = []
        var rest = text[...]
        while true {
            guard let part = rest.first == "\"" ? quotedPart(&rest) : plainPart(&rest) else { return nil }
            if part.isEmpty || part.contains("\0") { return nil }
            parts.append(part)
            guard let point = rest.popFirst() else { return parts }
            if point != "." { return nil }
        }
    }

    private static func plainPart(_ rest: inout Substring) -> String? {
        let part = rest.prefix { $0 != "." }
        rest = rest[part.endIndex...]
        // Spaces around an unquoted name would become part of it, but PostgreSQL ignores them.
        let isPlain = !part.contains("\"") && part.first?.isWhitespace != true && part.last?.isWhitespace != true
        return isPlain ? String(part) : nil
    }

    /// A quoted name. Two quotes stand for one.
    private static func quotedPart(_ rest: inout Substring) -> String? {
        var part = ""
        rest.removeFirst()
        while let end = rest.firstIndex(of: "\"") {
            part += rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard rest.first == "\"" else { return part }
            part += "\""
            rest.removeFirst()
        }
        return nil
    }

    /// The name as in a pipeline file.
    var description: String {
        func shown(_ name: String) -> String { Self.parts(of: name) == [name] ? name : SQLDialect.quote(name) }
        return schema.map { "\(shown($0)).\(shown(name))" } ?? shown(name)
    }

    var quoted: String {
        let name = SQLDialect.quote(name)
        return schema.map { "\(SQLDialect.quote($0)).\(name)" } ?? name
    }
}
