private let placeholders: [StaticString] = ["N/A", "NA", "NONE", "NULL", "NIL", "UNKNOWN", "-", "NOT AVAILABLE"]

/// The rules that all text fields share (Rules/README.md section 0).
extension Span<UInt8> {
    /// The text without ASCII white space, no-break spaces, zero-width characters, and byte-order marks at either
    /// end.
    package var trimmedRange: Range<Int> {
        var start = 0
        var end = count
        while start < end {
            let width = blankWidth(at: start, before: end)
            if width == 0 { break }
            start += width
        }
        while start < end {
            let width = blankWidth(endingAt: end, from: start)
            if width == 0 { break }
            end -= width
        }
        return start..<end
    }

    /// Whether a trimmed text means "nothing", such as `N/A`.
    package var isPlaceholder: Bool {
        guard 1...13 ~= count else { return false }
        return placeholders.contains { equalsIgnoringCase($0) }
    }

    /// Compares with upper-case ASCII.
    package func equalsIgnoringCase(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            for index in 0..<count where self[index].uppercased != letters[index] { return false }
            return true
        }
    }

    /// The number of bytes of a blank that begins here; 0 if there is none.
    package func blankWidth(at index: Int, before end: Int) -> Int {
        switch self[index] {
        case 0x09...0x0D, 0x20: return 1
        case 0xC2: return index + 1 < end && self[index + 1] == 0xA0 ? 2 : 0
        case 0xE2, 0xEF:
            guard index + 2 < end else { return 0 }
            return Self.isWideBlank(self[index], self[index + 1], self[index + 2]) ? 3 : 0
        default: return 0
        }
    }

    private func blankWidth(endingAt end: Int, from start: Int) -> Int {
        let last = self[end - 1]
        if last < 0x80 { return blankWidth(at: end - 1, before: end) }
        if end - start >= 2, self[end - 2] == 0xC2, last == 0xA0 { return 2 }
        if end - start >= 3, Self.isWideBlank(self[end - 3], self[end - 2], last) { return 3 }
        return 0
    }

    /// U+2007, U+200B–200D, U+202F, U+2060, U+FEFF.
    private static func isWideBlank(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (first, second, third) {
        case (0xE2, 0x80, 0x87), (0xE2, 0x80, 0x8B...0x8D), (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0xA0): true
        case (0xEF, 0xBB, 0xBF): true
        default: false
        }
    }
}

extension UInt8 {
    /// 0–9 for ASCII digits; nothing else is a digit.
    @inlinable
    package var decimalDigit: Int? {
        self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") ? Int(self - UInt8(ascii: "0")) : nil
    }

    /// 0–15 for ASCII hexadecimal digits.
    @inlinable
    package var hexDigit: Int? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self - UInt8(ascii: "A")) + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self - UInt8(ascii: "a")) + 10
        default: nil
        }
    }

    @inlinable
    package var uppercased: UInt8 { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") ? self - 32 : self }
}
