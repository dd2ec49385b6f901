import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Repairs the text of an answer: invalid UTF-8, and `\u` escapes of half a surrogate pair, become U+FFFD. One device
/// with a broken name must not cost the whole page.
enum TextRepair {
    /// - Throws: `JSONError`, unless the body is one JSON value.
    static func json(_ body: [UInt8]) throws -> [UInt8] {
        let reader = JSONReader()
        // The parser accepts only UTF-8.
        if loneSurrogates(in: body).isEmpty, (try? reader.validate(body)) != nil { return body }
        let repaired = repaired(body)
        try reader.validate(repaired)
        return repaired
    }

    static func repaired(_ body: [UInt8]) -> [UInt8] {
        var text =
            String(validating: body, as: UTF8.self) != nil ? body : Array(String(decoding: body, as: UTF8.self).utf8)
        for start in loneSurrogates(in: text) { text.replaceSubrange(start + 2..<start + 6, with: "FFFD".utf8) }
        return text
    }

    /// The positions of escapes of half a pair.
    private static func loneSurrogates(in text: [UInt8]) -> [Int] {
        var lone: [Int] = []
        var index = 0
        while let escape = backslash(in: text, from: index) {
            index = min(escape + 2, text.count)
            guard let unit = unit(text, at: escape) else { continue }
            index = escape + 6
            guard (0xD800..<0xE000).contains(unit) else { continue }
            if unit < 0xDC00, let second = self.unit(text, at: index), (0xDC00..<0xE000).contains(second) {
                index += 6
            } else {
                lone.append(escape)
            }
        }
        return lone
    }

    private static func backslash(in text: [UInt8], from index: Int) -> Int? {
        text.withUnsafeBytes { text in
            guard let start = text.baseAddress,
                let found = memchr(start + index, Int32(UInt8(ascii: "\\")), text.count - index)
            else { return nil }
            return UnsafeRawPointer(found) - start
        }
    }

    /// The code unit of the `\uXXXX` escape at this position.
    private static func unit(_ text: [UInt8], at index: Int) -> Int? {
        guard index + 6 <= text.count, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit = 0
        for digit in text[index + 2..<index + 6] {
            guard let value = digit.hexDigit else { return nil }
            unit = unit * 16 + value
        }
        return unit
    }
}
