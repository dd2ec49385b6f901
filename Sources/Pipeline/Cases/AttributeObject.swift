import Records
import Stages

/// A JSON object in the making.
struct AttributeObject {
    private var members: [UInt8] = []

    var json: [UInt8] { [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")] }

    mutating func add(_ name: String, json value: [UInt8]) {
        if !members.isEmpty { members.append(UInt8(ascii: ",")) }
        JSONText.append(string: name, to: &members)
        members.append(UInt8(ascii: ":"))
        members += value
    }

    mutating func add(_ name: String, text: String) {
        var value: [UInt8] = []
        JSONText.append(string: text, to: &value)
        add(name, json: value)
    }

    /// - Parameter node: nil for no member.
    mutating func add(_ name: String, _ node: ConfigNode?, as type: ValueType) {
        if let node { add(name, json: node.json(as: type)) }
    }
}

extension ConfigNode {
    /// The value as JSON. The column's type decides what a text without quotes is: an identifier such as 0123 is a
    /// text, and only where the type is not known a number.
    func json(as type: ValueType) -> [UInt8] {
        var json: [UInt8] = []
        append(to: &json, as: type)
        return json
    }

    private func append(to json: inout [UInt8], as type: ValueType) {
        switch content {
        case .scalar(let scalar):
            if !scalar.isQuoted, let value = Self.value(of: scalar.text, as: type) {
                json += Array(value.utf8)
            } else {
                JSONText.append(string: scalar.text, to: &json)
            }
        case .list(let items):
            json.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                item.append(to: &json, as: type)
            }
            json.append(UInt8(ascii: "]"))
        case .map(let pairs):
            var object = AttributeObject()
            for (key, value) in pairs { object.add(key.scalarText ?? "", value, as: .json) }
            json += object.json
        }
    }

    /// What a text without quotes means in JSON; nil for the text itself.
    private static func value(of text: String, as type: ValueType) -> String? {
        if ["", "~", "null"].contains(text) { return "null" }
        switch (type, text) {
        case (.boolean, "true"), (.boolean, "false"), (.json, "true"), (.json, "false"): return text
        case (.integer, _), (.real, _), (.json, _):
            return text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) == nil ? nil : text
        default: return nil
        }
    }
}
