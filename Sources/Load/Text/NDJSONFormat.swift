import Records

struct NDJSONFormat: RowFormat {
    struct Column {
        /// The position of `{"name":` or `,"name":` in ``leads``.
        let lead: Range<Int>
        let isJSON: Bool
    }

    let columns: [Column]
    private let leads: [UInt8]
    /// Bytes that may need an escape.
    private var marks = ByteMarks()

    init(_ schema: Schema) {
        var leads: [UInt8] = []
        columns = schema.fields.enumerated().map { index, field in
            let start = leads.count
            leads.append(UInt8(ascii: index == 0 ? "{" : ","))
            JSONText.append(string: field.name, to: &leads)
            leads.append(UInt8(ascii: ":"))
            return Column(lead: start..<leads.count, isJSON: field.type == .textList || field.type == .json)
        }
        self.leads = leads
        marks.mark(0..<0x20)
        marks.mark([UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F, 0xC2, 0xE2])
    }

    func append(_ batch: Batch, isFirst: Bool, to output: inout [UInt8]) {
        forEachRow(of: batch) { row, bytes in
            append(row, of: batch, from: bytes, to: &output)
            output.append(UInt8(ascii: "\n"))
        }
    }

    func forEachRow(of batch: Batch, _ visit: (_ row: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Void) {
        batch.bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<batch.count { visit(row, bytes) }
        }
    }

    /// One object, without a line break at its end.
    func append(_ row: Int, of batch: Batch, from bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        let cells = batch.columns
        leads.withUnsafeBufferPointer { leads in
            for index in columns.indices {
                let column = columns[index]
                let lead = UnsafeBufferPointer(rebasing: leads[column.lead])
                append(cells[index][row], after: lead, isJSON: column.isJSON, from: bytes, to: &output)
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    func append(
        _ cell: Cell,
        after lead: UnsafeBufferPointer<UInt8> = UnsafeBufferPointer(start: nil, count: 0),
        isJSON: Bool,
        from bytes: UnsafeBufferPointer<UInt8>,
        to output: inout [UInt8]
    ) {
        if case .text(let text) = cell, !isJSON {
            let value = UnsafeBufferPointer(rebasing: bytes[text.range])
            if marks.found(in: value) == 0 { return Self.append(plain: value, after: lead, to: &output) }
        }
        output.append(contentsOf: lead)
        switch cell {
        case .null: output.append(contentsOf: "null".utf8)
        case .text(let text):
            let value = UnsafeBufferPointer(rebasing: bytes[text.range])
            if isJSON {
                Self.append(json: value, to: &output)
            } else {
                JSONText.append(string: value.span, to: &output)
            }
        case .real(let number) where !number.isFinite: output.append(contentsOf: "null".utf8)
        case .integer, .real, .boolean: CellText.append(cell, from: bytes, to: &output)
        case .timestamp, .date:
            output.append(UInt8(ascii: "\""))
            CellText.append(cell, from: bytes, to: &output)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Appends a text without escapes.
    private static func append(
        plain text: UnsafeBufferPointer<UInt8>,
        after lead: UnsafeBufferPointer<UInt8>,
        to output: inout [UInt8]
    ) {
        output.append(count: lead.count + text.count + 2) { end in
            if let start = lead.baseAddress { end.update(from: start, count: lead.count) }
            end[lead.count] = UInt8(ascii: "\"")
            if let start = text.baseAddress { (end + lead.count + 1).update(from: start, count: text.count) }
            end[lead.count + text.count + 1] = UInt8(ascii: "\"")
        }
    }

    /// Writes a JSON value on one line: without the line breaks between its parts. Escapes those in its texts that
    /// other programs split lines at (U+0085, U+2028, U+2029).
    private static func append(json: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var rest = json[...]
        while let special = rest.firstIndex(where: { $0 < 0x20 || $0 == 0xC2 || $0 == 0xE2 }) {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<special]))
            rest = rest[special...]
            if let escape = lineBreaks.first(where: { rest.starts(with: $0.bytes) }) {
                output.append(contentsOf: escape.text.utf8)
                rest = rest.dropFirst(escape.bytes.count)
            } else {
                if rest[special] >= 0x20 { output.append(rest[special]) }
                rest = rest.dropFirst()
            }
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: rest))
    }

    private static let lineBreaks: [(bytes: [UInt8], text: String)] = [
        ([0xC2, 0x85], #"\u0085"#), ([0xE2, 0x80, 0xA8], #"\u2028"#), ([0xE2, 0x80, 0xA9], #"\u2029"#),
    ]
}
