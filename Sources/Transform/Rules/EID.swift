import Records

/// The number of an eSIM: 32 decimal digits that are 1 modulo 97 (Rules/README.md section 4).
package struct EID: CanonicalValue, CustomStringConvertible {
    /// Four bits for each digit.
    private let bits: UInt128

    private static let length = 32

    package static func parse(_ input: Span<UInt8>) -> Verdict<EID> {
        let text = input.extracting(input.trimmedRange)
        if text.isEmpty { return .missing }
        guard let digits = DigitString(text), !digits.hasLetters else { return .refused(text.decimalProblem) }
        guard digits.count == length else {
            return .refused(digits.count == 0 && text.isPlaceholder ? .placeholder : .length)
        }
        if digits.isUniform(length) { return .refused(.placeholder) }
        // A spreadsheet keeps 15 digits and replaces the others by zeros. Such a number can still be 1 modulo 97.
        if digits.bits << (4 * 15) == 0 { return .refused(.truncatedPrecision) }
        guard remainder(digits) == 1 else { return .refused(.checksum) }
        let startsWith89 = digits[0] == 8 && digits[1] == 9
        return .canonical(EID(bits: digits.bits), startsWith89 ? [] : [.eidPrefixNot89])
    }

    private static func remainder(_ digits: DigitString) -> UInt64 {
        // 10^16 modulo 97 is 62.
        (digits.decimal(0..<16) % 97 * 62 + digits.decimal(16..<32)) % 97
    }

    package func append(to output: inout [UInt8], style: Void) {
        output.append(packedDigits: bits, Self.length)
    }
}
