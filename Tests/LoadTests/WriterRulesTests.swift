import Foundation
import Load
import Records
import Testing

/// Writers as scripts ask for them.
@Suite struct WriterRulesTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: String
        let input: String
        let expected: String
    }

    static let vectors: [Vector] = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/escaping.json")
        guard
            let data = try? Data(contentsOf: url),
            let lines = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return [] }
        return lines.compactMap { line in
            guard
                let input = line["input"], let json = try? JSONSerialization.data(withJSONObject: input),
                let id = line["id"] as? String, let field = line["field"] as? String,
                let expected = line["expected"] as? String
            else { return nil }
            return Vector(
                testDescription: id,
                field: field,
                input: String(decoding: json, as: UTF8.self),
                expected: expected
            )
        }
    }()

    private func judge(_ field: String, _ json: String) throws -> Judgment {
        let rule = try #require(WriterRules.all.first { $0.name == field })
        var judgment: Judgment?
        try JSONReader().members("[\(json)]".utf8) { judgment = try rule.judge($0, nil) }
        return try #require(judgment)
    }

    @Test func thereAreVectors() {
        #expect(Self.vectors.count == 34)
        #expect(Set(Self.vectors.map(\.field)) == Set(WriterRules.all.map(\.name)))
    }

    @Test(arguments: vectors) func followsTheVector(_ vector: Vector) throws {
        let judgment = try judge(vector.field, vector.input)
        let written = try JSONDecoder().decode(String.self, from: Data(judgment.value))
        #expect(written.unicodeScalars.elementsEqual(vector.expected.unicodeScalars), "\(written)")
        #expect(judgment.reason == .ok)
    }

    @Test func membersOfALineAreSortedAtEveryDepth() throws {
        let judgment = try judge("ndjson_line", #"{"b":[{"d":1.50,"c":null}, true],"a":{"z":"/","é":"","e":[]}}"#)
        let line = try JSONDecoder().decode(String.self, from: Data(judgment.value))
        #expect(line == #"{"a":{"e":[],"z":"/","é":""},"b":[{"c":null,"d":1.50},true]}"# + "\n")
    }

    @Test(arguments: [
        ("csv_field", "7", Reason.type), ("csv_field", #"{"value":"x","profile":"word"}"#, .format),
        ("csv_field", #"{"value":"x","profile":null}"#, .format), ("csv_field", "{}", .ok),
        ("pg_copy_text", #""x""#, .type), ("pg_copy_text", "{}", .ok), ("ndjson_line", "[]", .type),
        ("ndjson_line", "null", .type),
    ])
    func malformedInputIsRefused(_ field: String, _ json: String, _ reason: Reason) throws {
        #expect(try judge(field, json).reason == reason)
    }
}
