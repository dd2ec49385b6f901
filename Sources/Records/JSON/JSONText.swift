/// Writes JSON (RFC 8259) byte by byte.
package enum JSONText {
    /// Appends a quoted string. `/` is not escaped; U+0085, U+2028 and U+2029 are escaped, because line splitters
    /// break on them (Rules/README.md section 10).
    package static func append(string text: Span<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x08: output.append(contentsOf: #"\b"#.utf8)
            case 0x09: output.append(contentsOf: #"\t"#.utf8)
            case 0x0A: output.append(contentsOf: #"\n"#.utf8)
            case 0x0C: output.append(contentsOf: #"\f"#.utf8)
            case 0x0D: output.append(contentsOf: #"\r"#.utf8)
            case 0x00..<0x20, 0x7F: appendEscape(UInt16(byte), to: &output)
            case 0xC2 where index + 1 < text.count && text[index + 1] == 0x85:
                appendEscape(0x85, to: &output)
                index += 1
            case 0xE2 where index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8:
                appendEscape(0x2000 | UInt16(text[index + 2] & 0x3F), to: &output)
                index += 2
            default: output.append(byte)
            }
            index += 1
        }
        output.append(UInt8(ascii: "\""))
    }

    package static func append(string text: String, to output: inout [UInt8]) {
        append(string: Array(text.utf8).span, to: &output)
    }

    /// Whether a JSON array is compact and has only ASCII texts without escapes, as most lists have. Such a list can
    /// be copied unchanged.
    package static func isPlainTextList(_ list: Span<UInt8>) -> Bool {
        list.withUnsafeBufferPointer { list in
            let (quote, end) = (UInt8(ascii: "\""), list.count - 1)
            guard end > 0, list[0] == UInt8(ascii: "["), list[end] == UInt8(ascii: "]") else { return false }
            var isInText = false
            for index in 1..<end {
                let byte = list[index]
                if byte == quote {
                    guard isInText || list[index - 1] != quote else { return false }
                    isInText.toggle()
                } else if isInText {
                    guard 0x20..<0x7F ~= byte, byte != UInt8(ascii: "\\") else { return false }
                } else {
                    guard byte == UInt8(ascii: ","), list[index - 1] == quote else { return false }
                }
            }
            return !isInText && (end == 1 || list[end - 1] == quote)
        }
    }

    /// Visits the texts of such a list. Returns false, and visits nothing, for any other list.
    package static func visitPlainTexts(_ list: Span<UInt8>, _ visit: (Span<UInt8>) -> Void) -> Bool {
        guard isPlainTextList(list) else { return false }
        var start: Int?
        for index in 0..<list.count where list[index] == UInt8(ascii: "\"") {
            if let first = start { visit(list.extracting(first..<index)) }
            start = start == nil ? index + 1 : nil
        }
        return true
    }

    private static func appendEscape(_ unit: UInt16, to output: inout [UInt8]) {
        output.append(contentsOf: #"\u"#.utf8)
        for shift: UInt16 in [12, 8, 4, 0] {
            let digit = UInt8(unit >> shift & 15)
            output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
