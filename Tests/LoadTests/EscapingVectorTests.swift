import Foundation
import Records
import Testing

@testable import Load

/// The shared vectors, each written by the writer it is about.
@Suite struct EscapingVectorTests {
    struct Vector: Decodable, CustomTestStringConvertible, Sendable {
        struct Input: Decodable, Sendable {
            let value: String?
            let profile: String?
            let columnKind: String?
        }
        let id: String
        let field: String
        let input: Input
        let expected: String
        var testDescription: String { id }
    }

    static let vectors: [Vector] = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/escaping.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return (try? decoder.decode([Vector].self, from: Data(contentsOf: url))) ?? []
    }()

    @Test func thereAreVectors() { #expect(Self.vectors.count == 34) }

    @Test(arguments: vectors.filter { $0.field == "csv_field" }) func csvField(vector: Vector) async throws {
        let folder = try TestFolder()
        let profile = try #require(vector.input.profile)
        let load = try loader("csv: { file: \(folder.file("a.csv")), profile: \(profile), header: false }")
        let role: Field.Role = vector.input.columnKind == "identifier" ? .identifier : .plain
        let schema = Schema("one", "", key: [], [Field("value", .text, as: role, "")])
        try await load.load(schema, Batch([[vector.input.value.map { .text($0) } ?? .null]]))
        let mark = profile == "excel" ? "\u{FEFF}" : ""
        #expect(try folder.text("a.csv") == mark + vector.expected + "\r\n")
    }

    @Test(arguments: vectors.filter { $0.field == "pg_copy_text" }) func copyText(vector: Vector) throws {
        let schema = Schema("one", "", key: [], [Field("value", .text, "")])
        var format = CopyText(schema)
        let rows = try format.rows(Batch([[vector.input.value.map { .text($0) } ?? .null]]))
        #expect(String(decoding: rows, as: UTF8.self) == vector.expected + "\tf\n")
    }

    /// Their input is an object rather than a value: here its members are columns, sorted as the vectors expect.
    @Test(
        arguments: [
            (["imei": .textList, "partNumber": .text], ["[\"352099001761481\"]", "MD455LL/A"], "escaping-p032"),
            (["note": .text], ["l1\nl2\u{2028}x"], "escaping-p033"),
            (["eid": .text, "wifi": .text], ["89049037640158663184237812557346", nil], "escaping-p034"),
        ] as [([String: ValueType], [String?], String)]
    )
    func ndjsonLine(columns: [String: ValueType], values: [String?], id: String) throws {
        let expected = try #require(Self.vectors.first { $0.id == id }).expected
        let fields = columns.sorted { $0.key < $1.key }.map { Field($0.key, $0.value, "") }
        var output: [UInt8] = []
        NDJSONFormat(Schema("one", "", key: [], fields))
            .append(Batch([values.map { $0.map { .text($0) } ?? .null }]), isFirst: true, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }
}
