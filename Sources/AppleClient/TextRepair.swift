import Records

/// Makes text out of an answer that is not quite: bytes that are no UTF-8, and `\u` escapes of half a surrogate pair,
/// become U+FFFD. One device with a broken name must not cost the whole page.
enum TextRepair {
    /// - Throws: `JSONError`, unless the body is one JSON value.
    static func json(_ body: [UInt8]) throws -> [UInt8] {
        let reader = JSONReader()
        let isJSON = { (text: [UInt8]) in try text.withUnsafeBufferPointer { try reader.validate($0) } }
        // The parser takes nothing but UTF-8.
        if !body.contains(UInt8(ascii: "\\")), (try? isJSON(body)) != nil { return body }
        let repaired = repaired(body)
        try isJSON(repaired)
        return repaired
    }

    static func repaired(_ body: [UInt8]) -> [UInt8] {
        let valid =
            String(validating: body, as: UTF8.self) != nil ? body : Array(String(decoding: body, as: UTF8.self).utf8)
        return valid.contains(UInt8(ascii: "\\")) ? withoutLoneSurrogates(valid) : valid
    }

    private static func withoutLoneSurrogates(_ text: [UInt8]) -> [UInt8] {
        var lone: [Int] = []
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            guard let unit = unit(text, at: index) else {
                index += 2
                continue
            }
            if (0xD800..<0xDC00).contains(unit), let second = self.unit(text, at: index + 6),
                (0xDC00..<0xE000).contains(second)
            {
                index += 12
                continue
            }
            if (0xD800..<0xE000).contains(unit) { lone.append(index) }
            index += 6
        }
        if lone.isEmpty { return text }
        var repaired = text
        for start in lone { repaired.replaceSubrange(start + 2..<start + 6, with: "FFFD".utf8) }
        return repaired
    }

    /// The code unit of a `\uXXXX` escape that begins here.
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
