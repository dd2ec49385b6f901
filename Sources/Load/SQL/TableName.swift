import Pipeline
import Records

/// A table, perhaps of a named schema: `devices` or `assets.devices`. Upper and lower case count.
struct TableName: SettingValue, CustomStringConvertible {
    let schema: String?
    let name: String

    static var typeName: String { "table" }

    init(_ name: String, in schema: String? = nil) {
        self.schema = schema
        self.name = name
    }

    init(from node: ConfigNode) throws(Diagnostic) {
        let parts = try String(from: node).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.last, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains("\0") }) else {
            throw Diagnostic("expected a table such as devices or assets.devices", at: node.location)
        }
        self.init(last, in: parts.count == 2 ? parts[0] : nil)
    }

    var description: String { schema.map { "\($0).\(name)" } ?? name }

    var quoted: String {
        let name = SQLDialect.quote(name)
        return schema.map { "\(SQLDialect.quote($0)).\(name)" } ?? name
    }
}
