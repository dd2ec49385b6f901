import Records
import Transform

/// The attributes of a device as Apple sent them.
struct SentValues {
    struct Value {
        let found: FoundValue
        /// As Apple wrote it.
        let json: String
        /// The elements of a list.
        let elements: [FoundValue]
    }

    private var values: [String: Value] = [:]

    init(_ attributes: [UInt8]) throws {
        let inner = JSONReader()
        try JSONReader().members(attributes) { member in
            var json: [UInt8] = []
            JSONText.append(member, to: &json)
            var elements: [FoundValue] = []
            if case .array = member.kind { try inner.members(member.text) { elements.append(FoundValue($0)) } }
            values[member.name] = Value(
                found: FoundValue(member),
                json: String(decoding: json, as: UTF8.self),
                elements: elements
            )
        }
    }

    /// Nil if Apple sent nothing for this column.
    subscript(_ field: Field) -> Value? {
        if field.path.isEmpty { return nil }
        return ([field.path] + field.aliases).lazy.compactMap { values[$0] }.first { $0.found.kind != .null }
    }
}

extension SentValues.Value {
    /// The value that was rejected: this one, or one of its elements.
    func found(_ text: String) -> FoundValue {
        if found.kind == .list, found.text == text { return found }
        return (elements + [found]).first { $0.text == text } ?? FoundValue(text: text)
    }
}
