import Records

/// JSON in one form: members sorted, no white space, so that equal values are equal texts.
enum CanonicalJSON {
    /// The value of a column; nil for a list without elements, which is as good as none.
    static func text(of json: [UInt8], in type: ValueType) -> String? {
        let text = text(of: json)
        return type == .textList && text == "[]" ? nil : text
    }

    /// The text as it is if it is not JSON.
    private static func text(of json: [UInt8]) -> String {
        var output: [UInt8] = []
        do {
            // A list of one, because only lists and objects have members.
            let list = [UInt8(ascii: "[")] + json + [UInt8(ascii: "]")]
            try JSONReader().members(list) { try append($0, to: &output) }
        } catch {
            return String(decoding: json, as: UTF8.self)
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func append(_ member: JSONMember, to output: inout [UInt8]) throws {
        switch member.kind {
        case .null: output += Array("null".utf8)
        case .boolean(let flag): output += Array("\(flag)".utf8)
        case .number: output += Array(number(member.string).utf8)
        case .string: JSONText.append(string: member.text.span, to: &output)
        case .array:
            var items: [[UInt8]] = []
            try JSONReader().members(member.text) { item in
                var text: [UInt8] = []
                try append(item, to: &text)
                items.append(text)
            }
            output += Array("[".utf8) + items.joined(separator: Array(",".utf8)) + Array("]".utf8)
        case .object:
            var members: [(name: String, text: [UInt8])] = []
            try JSONReader().members(member.text) { entry in
                var text: [UInt8] = []
                try append(entry, to: &text)
                members.append((entry.name, text))
            }
            var object = AttributeObject()
            for entry in members.sorted(by: { $0.name < $1.name }) { object.add(entry.name, json: entry.text) }
            output += object.json
        }
    }

    /// 1 and 1.0 are one number.
    private static func number(_ text: String) -> String {
        if let number = Int64(text) { return String(number) }
        guard let number = Double(text) else { return text }
        return Int64(exactly: number).map(String.init) ?? String(number)
    }
}
