import Foundation
import Records
import Testing
import Transform

/// One line of a fixture: a value as JSON and what the rules make of it.
struct Vector: Sendable, CustomTestStringConvertible {
    let id: String
    let field: String
    let input: String
    let expected: String
    let valid: Bool
    let reason: String
    let warnings: [String]

    var testDescription: String { id }

    static func load(_ file: String, field: String) -> [Vector] { load(file).filter { $0.field == field } }

    static func load(_ file: String) -> [Vector] {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/\(file).json")
        guard
            let data = try? Data(contentsOf: url),
            let lines = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return [] }
        return lines.map { line in
            Vector(
                id: line["id"] as? String ?? "?",
                field: line["field"] as? String ?? "?",
                input: json(line["input"]),
                expected: json(line["expected"]),
                valid: line["valid"] as? Bool ?? false,
                reason: line["reason"] as? String ?? "?",
                warnings: line["warnings"] as? [String] ?? []
            )
        }
    }

    static func json(_ value: Any?) -> String {
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
        let data = try? JSONSerialization.data(withJSONObject: value ?? NSNull(), options: options)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// The same JSON, with the members of objects by name.
    static func canonical(_ json: String) throws -> String {
        self.json(try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed))
    }

    /// A member of an input that is an object.
    func member(_ name: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(input.utf8)) as? [String: Any]
        return Self.json(object?[name])
    }

    func expect<Value>(
        _ verdict: Verdict<Value>,
        sourceLocation: SourceLocation = #_sourceLocation,
        json: (Value) -> String
    ) {
        #expect((verdict.value.map(json) ?? "null") == expected, "\(id)", sourceLocation: sourceLocation)
        #expect(verdict.isValid == valid, "\(id)", sourceLocation: sourceLocation)
        #expect(verdict.reason.rawValue == reason, "\(id)", sourceLocation: sourceLocation)
        #expect(verdict.warnings.map(\.rawValue) == warnings, "\(id)", sourceLocation: sourceLocation)
    }
}

/// The verdict about a JSON value.
func judge<Value: CanonicalValue>(json: String, as type: Value.Type = Value.self) throws -> Verdict<Value> {
    var verdict = Verdict<Value>.missing
    try JSONReader().members("[\(json)]".utf8) { verdict = Value.parse($0) }
    return verdict
}

/// The verdict about a text.
func judge<Value: CanonicalValue>(_ text: String, as type: Value.Type = Value.self) -> Verdict<Value> {
    Value.parse(Array(text.utf8).span)
}
