import Records

/// Writes rows according to Rules/README.md section 10.
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
        field = CSVField(profile: csv.profile, delimiter: csv.delimiter.byte, quotes: csv.quotes)
        separator = Array(csv.listSeparator.utf8)
    }

    var preamble: [UInt8] {
        var output: [UInt8] = csv.profile == .excel ? [0xEF, 0xBB, 0xBF] : []
        guard csv.header else { return output }
        for (index, name) in names.enumerated() {
            if index > 0 { output.append(csv.delimiter.byte) }
            // Planning refuses names that need quotes.
            try? Array(name.utf8).withUnsafeBufferPointer { try field.append($0, isIdentifier: false, to: &output) }
        }
        output.append(contentsOf: csv.lineEnding.bytes)
        return output
    }

    var quote: UInt8? { csv.quotes == .never ? nil : UInt8(ascii: "\"") }

    func append(_ batch: Batch, isFirst: Bool, to output: inout [UInt8]) throws {
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
                        try append(cell, index, from: bytes, to: &output)
                        continue
                    }
                    let value = UnsafeBufferPointer(rebasing: bytes[text.range])
                    guard column.type == .textList else {
                        try append(value, index, to: &output)
                        continue
                    }
                    list.removeAll(keepingCapacity: true)
                    var isFirst = true
                    try lists.elements(value) { element in
                        if !isFirst { list.append(contentsOf: separator) }
                        isFirst = false
                        if let element { list.append(contentsOf: element) }
                    }
                    try list.withUnsafeBufferPointer { try append($0, index, to: &output) }
                }
                output.append(contentsOf: lineEnding)
            }
        }
    }

    /// Numbers, booleans and dates never need quotes, except times in a file whose delimiter is a colon.
    private func append(
        _ cell: Cell,
        _ column: Int,
        from bytes: UnsafeBufferPointer<UInt8>,
        to output: inout [UInt8]
    ) throws(Failure) {
        let isColon = csv.delimiter.byte == UInt8(ascii: ":")
        var text: [UInt8] = []
        switch (cell, csv.profile) {
        case (.timestamp(let microseconds), .excel):
            text = Self.excelTime(microseconds)
            if !isColon {
                output += text
                return
            }
        case (.real(let number), .excel) where csv.delimiter.byte == UInt8(ascii: ";"):
            // Where Excel separates fields with a semicolon, the comma is in its numbers.
            return output.append(contentsOf: "\(number)".replacing(".", with: ",").utf8)
        case (.timestamp, .machine) where isColon: CellText.append(cell, from: bytes, to: &text)
        default: return CellText.append(cell, from: bytes, to: &output)
        }
        try text.withUnsafeBufferPointer { text throws(Failure) in try append(text, column, to: &output) }
    }

    /// `2025-04-30 22:05:14`: Excel takes nothing else for a date in every language.
    private static func excelTime(_ microseconds: Int64) -> [UInt8] {
        var text: [UInt8] = []
        Timestamp(microseconds: microseconds).append(to: &text)
        return text.prefix(19).map { $0 == UInt8(ascii: "T") ? UInt8(ascii: " ") : $0 }
    }

    private func append(_ value: UnsafeBufferPointer<UInt8>, _ column: Int, to output: inout [UInt8]) throws(Failure) {
        do {
            try field.append(value, isIdentifier: columns[column].isIdentifier, to: &output)
        } catch {
            throw Failure(
                .badData,
                "\(names[column]): the value \(error.text.debugDescription.prefix(60)) needs quotes, and quotes: never",
                advice: "exclude the row with `where`, or remove the character with replace()"
            )
        }
    }
}
