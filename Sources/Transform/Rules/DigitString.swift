import Records

/// The digits of an identifier, without the separators of people and spreadsheets. Four bits for each digit, the last
/// one lowest. Stores 32 digits; beyond that, only the count is right.
struct DigitString {
    private(set) var bits: UInt128 = 0
    private(set) var count = 0
    private(set) var hasLetters = false

    /// Nil if a character is neither a hexadecimal digit nor a separator.
    init?(_ text: Span<UInt8>) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if let digit = byte.hexDigit {
                bits = bits << 4 | UInt128(truncatingIfNeeded: digit)
                count += 1
                if digit > 9 { hasLetters = true }
                index += 1
            } else {
                let width = text.separatorWidth(at: index)
                if width == 0 { return nil }
                index += width
            }
        }
    }

    /// Digits are counted from 0, from the left.
    subscript(position: Int) -> Int {
        Int(truncatingIfNeeded: bits &>> UInt128(truncatingIfNeeded: 4 * (count - 1 - position)) & 15)
    }

    /// The first digits in their packed form.
    func prefix(_ length: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: bits &>> UInt128(truncatingIfNeeded: 4 * (count - length)))
    }

    /// Whether the first digits are all equal.
    func isUniform(_ length: Int) -> Bool {
        let first = self[0]
        for position in 1..<length where self[position] != first { return false }
        return true
    }

    /// The number that these decimal digits represent; at most 19 digits.
    func decimal(_ range: Range<Int>) -> UInt64 {
        var number: UInt64 = 0
        for position in range { number = number &* 10 &+ UInt64(truncatingIfNeeded: self[position]) }
        return number
    }

    /// The Luhn check digit of the first digits, in base 10 or 16. Their number must be even.
    func checkDigit(of length: Int, base: Int = 10) -> Int {
        var sum = 0
        for position in 0..<length {
            let digit = self[position]
            if position & 1 == 0 {
                sum += digit
            } else {
                let double = digit * 2
                sum += double < base ? double : double - base + 1
            }
        }
        let rest = sum % base
        return rest == 0 ? 0 : base - rest
    }
}

extension Span<UInt8> {
    /// The length in bytes of the separator at this position; 0 if there is none. Separators are the blanks of section
    /// 0, `-`, `.`, `/` and the dashes U+2010 to U+2015 (Rules/README.md section 2 rule 1).
    fileprivate func separatorWidth(at index: Int) -> Int {
        switch self[index] {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): return 1
        case 0xE2 where index + 2 < count && self[index + 1] == 0x80 && (0x90...0x95).contains(self[index + 2]):
            return 3
        default: return blankWidth(at: index, before: count)
        }
    }

    /// `digits[.digits]E[+]digits`: a spreadsheet's form of a long number (section 2 rule 5).
    private var isScientificNotation: Bool {
        var index = 0
        func skipDigits(_ text: Span<UInt8>) -> Bool {
            let start = index
            while index < text.count, text[index].decimalDigit != nil { index += 1 }
            return index > start
        }
        guard skipDigits(self) else { return false }
        if index < count, self[index] == UInt8(ascii: ".") {
            index += 1
            guard skipDigits(self) else { return false }
        }
        guard index < count, self[index].uppercased == UInt8(ascii: "E") else { return false }
        index += 1
        if index < count, self[index] == UInt8(ascii: "+") { index += 1 }
        return skipDigits(self) && index == count
    }

    /// Why a text with other characters is not a decimal identifier.
    var decimalProblem: Reason {
        if isPlaceholder { return .placeholder }
        return isScientificNotation ? .scientificNotation : .format
    }
}

extension [UInt8] {
    /// Appends packed digits, the highest first.
    mutating func append(packedDigits bits: some FixedWidthInteger, _ count: Int) {
        append(count: count) { text in
            var rest = bits
            for position in (0..<count).reversed() {
                text[position] = rest.lastDigit(isUppercase: true)
                rest = rest &>> 4
            }
        }
    }
}

extension FixedWidthInteger {
    /// The lowest four bits as a hexadecimal digit.
    @inline(__always)
    func lastDigit(isUppercase: Bool) -> UInt8 {
        let digit = UInt8(truncatingIfNeeded: self) & 15
        return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: isUppercase ? "A" : "a") + digit - 10
    }
}
