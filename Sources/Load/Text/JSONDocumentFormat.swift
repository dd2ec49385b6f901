import Records

/// Writes a list of rows inside a document, one row per line.
struct JSONDocumentFormat: RowFormat {
    private let template: JSONTemplate
    private let elements: JSONElements
    private let rows: NDJSONFormat

    init(_ schema: Schema, _ document: JSONDocument) {
        template = document.document
        elements = document.elements
        rows = NDJSONFormat(schema)
    }

    var preamble: [UInt8] { Array("\(template.before)[".utf8) }
    var postamble: [UInt8] { Array("\n]\(template.after)\n".utf8) }

    func append(_ batch: Batch, isFirst: Bool, to output: inout [UInt8]) {
        rows.forEachRow(of: batch) { row, bytes in
            output.append(contentsOf: (isFirst && row == 0 ? "\n" : ",\n").utf8)
            switch elements {
            case .objects: rows.append(row, of: batch, from: bytes, to: &output)
            case .values: rows.append(batch[0, row], isJSON: rows.columns[0].isJSON, from: bytes, to: &output)
            }
        }
    }
}
