import Records

/// Writes rows in the text format of PostgreSQL's COPY. The last field says whether the device left.
struct CopyText: Sendable {
    private let types: [ValueType]
    /// Whether texts are written as `bytea`, for a database whose encoding lacks characters.
    private let writesBytes: Bool
    /// The characters beyond ASCII in texts written as bytes.
    private(set) var characters: Set<Unicode.Scalar> = []

    init(_ schema: Schema, writesBytes: Bool = false) {
        types = schema.fields.map(\.type)
        self.writesBytes = writesBytes
    }

    mutating func rows(_ batch: Batch) throws -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(batch.bytes.count + batch.count * types.count * 4)
        let cells = batch.columns
        let lists = TextList()
        let json = CopyJSON(writesCharacters: writesBytes)
        var scratch: [UInt8] = []
        try batch.bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<batch.count {
                for (column, type) in types.enumerated() {
                    let cell = cells[column][row]
                    switch (cell, type) {
                    case (.null, _):
                        output.append(UInt8(ascii: "\\"))
                        output.append(UInt8(ascii: "N"))
                    case (.text(let text), .textList):
                        scratch.removeAll(keepingCapacity: true)
                        try Self.append(list: UnsafeBufferPointer(rebasing: bytes[text.range]), lists, to: &scratch)
                        scratch.withUnsafeBufferPointer { append($0, to: &output) }
                    case (.text(let text), .json):
                        scratch.removeAll(keepingCapacity: true)
                        json.append(UnsafeBufferPointer(rebasing: bytes[text.range]), to: &scratch)
                        scratch.withUnsafeBufferPointer { append($0, to: &output) }
                    case (.text(let text), _):
                        append(UnsafeBufferPointer(rebasing: bytes[text.range]), to: &output)
                    default: CellText.append(cell, from: bytes, to: &output)
                    }
                    output.append(UInt8(ascii: "\t"))
                }
                output.append(UInt8(ascii: batch.isRemoved ? "t" : "f"))
                output.append(UInt8(ascii: "\n"))
            }
        }
        return output
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        guard writesBytes else { return Self.append(text: text, to: &output) }
        output.append(contentsOf: #"\\x"#.utf8)
        output.append(contentsOf: text.lazy.filter { $0 != 0 }.hex.utf8)
        guard text.contains(where: { $0 >= 0x80 }) else { return }
        characters.formUnion(String(decoding: text, as: UTF8.self).unicodeScalars.lazy.filter { !$0.isASCII })
    }

    private static func isSpecial(_ byte: UInt8) -> Bool { byte < 0x0E || byte == UInt8(ascii: "\\") }

    private static let marks: ByteMarks = {
        var marks = ByteMarks()
        marks.mark((0...255).filter(isSpecial))
        return marks
    }()

    /// Escapes the special characters of COPY. Omits NUL, which no text in PostgreSQL can contain.
    static func append(text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        if marks.found(in: text) == 0 {
            output.append(contentsOf: text)
            return
        }
        var rest = text[...]
        while let special = rest.firstIndex(where: isSpecial) {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<special]))
            switch rest[special] {
            case UInt8(ascii: "\\"): output.append(contentsOf: #"\\"#.utf8)
            case 0x08: output.append(contentsOf: #"\b"#.utf8)
            case 0x09: output.append(contentsOf: #"\t"#.utf8)
            case 0x0A: output.append(contentsOf: #"\n"#.utf8)
            case 0x0B: output.append(contentsOf: #"\v"#.utf8)
            case 0x0C: output.append(contentsOf: #"\f"#.utf8)
            case 0x0D: output.append(contentsOf: #"\r"#.utf8)
            case 0x00: break
            case let other: output.append(other)
            }
            rest = rest[(special + 1)...]
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: rest))
    }

    /// `["a","b"]` as `{"a","b"}`.
    private static func append(
        list: UnsafeBufferPointer<UInt8>,
        _ lists: TextList,
        to output: inout [UInt8]
    ) throws {
        output.append(UInt8(ascii: "{"))
        try lists.elements(list) { element in
            if output.count > 1 { output.append(UInt8(ascii: ",")) }
            guard let element else {
                output.append(contentsOf: "NULL".utf8)
                return
            }
            output.append(UInt8(ascii: "\""))
            for byte in element {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { output.append(UInt8(ascii: "\\")) }
                output.append(byte)
            }
            output.append(UInt8(ascii: "\""))
        }
        output.append(UInt8(ascii: "}"))
    }
}
