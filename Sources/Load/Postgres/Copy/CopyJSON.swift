import Records

/// JSON as `jsonb` accepts it.
struct CopyJSON {
    /// Whether escaped characters beyond ASCII are written themselves, so that we can check whether the database has them.
    let writesCharacters: Bool

    /// Writes it without `\u0000`, and with U+FFFD for half a surrogate pair.
    func append(_ json: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var rest = json[...]
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<backslash]))
            rest = rest[backslash...]
            guard let unit = Self.escapedUnit(rest) else {
                output.append(contentsOf: rest.prefix(2))
                rest = rest.dropFirst(2)
                continue
            }
            var length = 6
            switch unit {
            case 0: break
            case 0xD800...0xDBFF where (0xDC00...0xDFFF).contains(Self.escapedUnit(rest.dropFirst(6)) ?? 0):
                length = 12
                let low = Self.escapedUnit(rest.dropFirst(6)) ?? 0
                append(0x10000 + (unit - 0xD800) << 10 + low - 0xDC00, written: rest.prefix(length), to: &output)
            case 0xD800...0xDFFF: output.append(contentsOf: "\u{FFFD}".utf8)
            default: append(unit, written: rest.prefix(length), to: &output)
            }
            rest = rest.dropFirst(length)
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: rest))
    }

    private func append(
        _ character: Int,
        written escape: Slice<UnsafeBufferPointer<UInt8>>,
        to output: inout [UInt8]
    ) {
        if writesCharacters, character >= 0x80, let scalar = UInt32(exactly: character).flatMap(Unicode.Scalar.init) {
            output.append(contentsOf: String(scalar).utf8)
        } else {
            output.append(contentsOf: escape)
        }
    }

    /// The number of the `\uXXXX` at the beginning.
    private static func escapedUnit(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard text.starts(with: #"\u"#.utf8), text.count >= 6 else { return nil }
        return text.dropFirst(2).prefix(4).reduce(0) { number, byte in
            number.flatMap { number in byte.hexDigit.map { number << 4 | $0 } }
        }
    }
}
