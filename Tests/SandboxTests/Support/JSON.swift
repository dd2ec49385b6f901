import Foundation
import Sandbox

/// A JSON document as a test reads it.
enum JSON: Decodable, Hashable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case array([JSON])
    case object([String: JSON])

    init(_ text: String) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let members = try? container.decode([String: JSON].self) {
            self = .object(members)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let flag = try? container.decode(Bool.self) {
            self = .boolean(flag)
        } else {
            self = .array(try container.decode([JSON].self))
        }
    }

    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    subscript(place: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(place) else { return nil }
        return elements[place]
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var int: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(number)
    }

    var elements: [JSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var names: Set<String> {
        guard case .object(let members) = self else { return [] }
        return Set(members.keys)
    }
}

extension JSON {
    /// What a client must read when this is the truth.
    init(_ value: SandboxValue) {
        self =
            switch value {
            case .null: .null
            case .boolean(let flag): .boolean(flag)
            case .number(let digits): .number(Double(digits) ?? .nan)
            case .text(let text): .text(text)
            case .array(let values): .array(values.map(JSON.init))
            case .object(let members): JSON(members)
            }
    }

    init(_ attributes: [SandboxAttribute]) {
        let members = attributes.map { ($0.name, JSON($0.value)) }
        self = .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
    }
}
