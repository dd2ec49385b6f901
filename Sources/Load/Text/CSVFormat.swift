import Records

/// Writes rows as normalization.md section 10 says.
struct CSVFormat: RowFormat {
    private struct Column {
        let type: ValueType
        let isIdentifier: Bool
    }

    private let csv: CSV
    private let names: [String]
    private let columns: [Column]
    private let field: CSVField
    private let separator: [UInt8]

    init(_ schema: Schema, _ csv: CSV) {
        self.csv = csv
        names = schema.fields.map(\.name)
        columns = schema.fields.map { Column(type: $0.type, isIdentifier: $0.role == .identifier || $0.type == .mac) }
        field = CSVField(profile: csv.profile, delimiter: csv.delimiter.byte)
        separator = Array(csv.listSeparator.utf8)
    }

    var preamble: [UInt8] {
        var output: [UInt8] = csv.profile == .excel ? [0xEF, 0xBB, 0xBF] : []
        guard csv.header else { return output }
        for (index, name) in names.enumerated() {
            if index > 0 { output.append(csv.delimiter.byte) }
            Array(name.utf8).withUnsafeBufferPointer { field.append($0, isIdentifier: false, to: &output) }
        }
        output.append(contentsOf: csv.lineEnding.bytes)
        return output
    }

    func append(_ batch: Batch, to output: inout [UInt8]) throws {
        let cells = batch.columns
        let delimiter = csv.delimiter.byte
        let lineEnding = csv.lineEnding.bytes
        let lists = TextList()
        var list: [UInt8] = []
        try batch.bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<batch.count {
                for (index, column) in columns.enumerated() {
                    if index > 0 { output.append(delimiter) }
                    let cell = cells[index][row]
                    guard case .text(let text) = cell else {
                        CellText.append(cell, from: bytes, to: &output)
                        continue
                    }
                    let value = UnsafeBufferPointer(rebasing: bytes[text.range])
                    guard column.type == .textList else {
                        field.append(value, isIdentifier: column.isIdentifier, to: &output)
                        continue
                    }
                    list.removeAll(keepingCapacity: true)
                    try lists.elements(value) { element in
                        if !list.isEmpty { list.append(contentsOf: separator) }
                        if let element { list.append(contentsOf: element) }
                    }
                    list.withUnsafeBufferPointer { field.append($0, isIdentifier: column.isIdentifier, to: &output) }
                }
                output.append(contentsOf: lineEnding)
            }
        }
    }
}
