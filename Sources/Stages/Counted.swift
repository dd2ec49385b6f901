/// A value that starts at zero or empty.
package protocol Beginning {
    init()
}
extension Int: Beginning {}
extension Double: Beginning {}
extension Array: Beginning {}
extension Dictionary: Beginning {}

/// A number of a report. If the report of another version lacks it, it has its initial value.
@propertyWrapper
package struct Counted<Value: Beginning & Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
    package var wrappedValue: Value

    package init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    package init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(Value.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// Numbers by what they count, as a JSON object. Names that only another version knows are dropped.
@propertyWrapper
package struct CountedByName<Name: RawRepresentable<String> & Hashable & Sendable>: Codable, Sendable, Hashable {
    package var wrappedValue: [Name: Int]

    package init(wrappedValue: [Name: Int]) { self.wrappedValue = wrappedValue }

    package init(from decoder: any Decoder) throws {
        let counts = try decoder.singleValueContainer().decode([String: Int].self)
        wrappedValue = [Name: Int](counts.compactMap { name, count in Name(rawValue: name).map { ($0, count) } }) {
            $0 + $1
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode([String: Int](wrappedValue.map { ($0.key.rawValue, $0.value) }) { $0 + $1 })
    }
}

/// The calls of the synthesized decoder of ``StageCounts``.
extension KeyedDecodingContainer {
    package func decode<Value>(_ type: Counted<Value>.Type, forKey key: Key) throws -> Counted<Value> {
        try decodeIfPresent(type, forKey: key) ?? Counted(wrappedValue: Value())
    }

    package func decode<Name>(_ type: CountedByName<Name>.Type, forKey key: Key) throws -> CountedByName<Name> {
        try decodeIfPresent(type, forKey: key) ?? CountedByName(wrappedValue: [:])
    }
}
