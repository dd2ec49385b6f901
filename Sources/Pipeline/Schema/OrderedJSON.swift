import Records

/// JSON whose members keep their order.
package enum OrderedJSON: Sendable {
    case null
    case boolean(Bool)
    case number(Int)
    case string(String)
    case array([OrderedJSON])
    case object([(name: String, value: OrderedJSON)])
    /// JSON as somebody else wrote it.
    case written(String)

    static func strings(_ texts: [String]) -> OrderedJSON { .array(texts.map { .string($0) }) }

    /// The same object with more members at its end.
    func adding(_ members: OrderedJSON) -> OrderedJSON {
        guard case .object(let own) = self, case .object(let more) = members else { return self }
        return .object(own + more)
    }

    /// Several lines. What fits on one line stays on it.
    var text: String {
        var lines = ""
        write(to: &lines, indent: "")
        return lines
    }

    private static let width = 118

    private func write(to text: inout String, indent: String) {
        let line = compact
        if indent.count + line.utf8.count <= Self.width {
            text += line
            return
        }
        switch self {
        case .null, .boolean, .number, .string, .written: text += line
        case .array(let items):
            text += "[\n"
            for (index, item) in items.enumerated() {
                text += "\(indent)  "
                item.write(to: &text, indent: indent + "  ")
                text += index + 1 < items.count ? ",\n" : "\n\(indent)]"
            }
        case .object(let members):
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += "\(indent)  \(Self.quoted(member.name)): "
                member.value.write(to: &text, indent: indent + "  ")
                text += index + 1 < members.count ? ",\n" : "\n\(indent)}"
            }
        }
    }

    /// One line.
    package var compact: String {
        switch self {
        // Between the parts of JSON, control characters mean nothing, and within them there are none.
        case .written(let json): json.filter { !$0.isNewline && $0 != "\t" }
        case .null: "null"
        case .boolean(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .string(let text): Self.quoted(text)
        case .array(let items): "[\(items.map(\.compact).joined(separator: ", "))]"
        case .object(let members):
            members.isEmpty
                ? "{}"
                : "{ \(members.map { "\(Self.quoted($0.name)): \($0.value.compact)" }.joined(separator: ", ")) }"
        }
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.append(string: text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(booleanLiteral flag: Bool) { self = .boolean(flag) }
    package init(integerLiteral number: Int) { self = .number(number) }
    package init(arrayLiteral items: OrderedJSON...) { self = .array(items) }
    package init(dictionaryLiteral members: (String, OrderedJSON)...) {
        self = .object(members.map { (name: $0.0, value: $0.1) })
    }
}
