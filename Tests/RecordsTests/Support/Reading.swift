import Foundation
import Records

/// A file beside the tests.
func fixture(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appending(path: "Fixtures/\(name).json")))
}

extension JSONText {
    static func quoted(_ text: String) -> String {
        var output: [UInt8] = []
        append(string: text, to: &output)
        return String(decoding: output, as: UTF8.self)
    }
}

/// One row, read from attributes as Apple wrote them.
struct ReadRow {
    let schema: Schema
    private(set) var batch: Batch
    private(set) var rejects: [Reject] = []
    let row: Int

    /// - Parameter reader: one that has read other rows before, where that matters.
    init(_ json: some Sequence<UInt8>, schema: Schema = .devices, reader: AttributeReader? = nil) throws {
        self.schema = schema
        batch = Batch(width: schema.fields.count)
        batch.appendRow()
        row = 0
        try Array(json).withUnsafeBufferPointer {
            try (reader ?? AttributeReader(schema: schema, stage: "devices"))
                .read($0, into: &batch, row: 0, serialNumber: "C0EXAMPLE01", rejects: &rejects)
        }
    }

    /// The text of a column; nil for null and for a column that is not there.
    subscript(_ column: String) -> String? {
        schema.index(of: column).flatMap { batch.display(batch[$0, row]) }
    }

    func cell(_ column: String) -> Cell? { schema.index(of: column).map { batch[$0, row] } }

    /// `column reason value` of every refused value.
    var refused: [String] { rejects.map { "\($0.column) \($0.reason.rawValue) \($0.value)" } }
}
