import Records

/// The number of a CDMA device: 14 hexadecimal digits in uppercase, without a check digit (Rules/README.md section 3).
package struct MEID: CanonicalValue, CustomStringConvertible {
    private let bits: UInt64

    private static let length = 14

    /// A text such as `99000E12345678` looks like a floating-point number but is a MEID.
    package static func parse(_ input: Span<UInt8>) -> Verdict<MEID> {
        let text = input.extracting(input.trimmedRange)
        if text.isEmpty { return .missing }
        if text.isPlaceholder { return .refused(.placeholder) }
        guard let digits = DigitString(text) else { return .refused(.format) }
        switch digits.count {
        case 14, 15: return hexadecimal(digits)
        case 18, 19: return digits.hasLetters ? .refused(.length) : decimal(digits)
        case 8: return .refused(digits.isUniform(8) ? .placeholder : .esnNotMEID)
        case 11 where !digits.hasLetters: return .refused(digits.isUniform(11) ? .placeholder : .esnNotMEID)
        default: return .refused(.length)
        }
    }

    private static func hexadecimal(_ digits: DigitString) -> Verdict<MEID> {
        if digits.isUniform(length) { return .refused(.placeholder) }
        let meid = MEID(bits: digits.prefix(length))
        guard digits.count > length else { return .canonical(meid) }
        // The check digit is hexadecimal if the MEID contains a letter.
        let base = (0..<length).contains { digits[$0] > 9 } ? 16 : 10
        guard digits[length] == digits.checkDigit(of: length, base: base) else { return .refused(.checksum) }
        return .canonical(meid, [.checkDigitRemoved])
    }

    /// Ten digits for the first 32 bits, eight for the other 24 bits.
    private static func decimal(_ digits: DigitString) -> Verdict<MEID> {
        if digits.isUniform(18) { return .refused(.placeholder) }
        if digits.count == 19, digits[18] != digits.checkDigit(of: 18) { return .refused(.checksum) }
        let manufacturer = digits.decimal(0..<10)
        let serial = digits.decimal(10..<18)
        guard manufacturer <= 0xFFFF_FFFF, serial <= 0xFF_FFFF else { return .refused(.range) }
        let bits = manufacturer << 24 | serial
        // The same hexadecimal digit, 14 times.
        if bits == (bits & 15) * 0x11_1111_1111_1111 { return .refused(.placeholder) }
        return .canonical(MEID(bits: bits), [.decimalConverted])
    }

    package func append(to output: inout [UInt8], style: Void) {
        output.append(packedDigits: bits, Self.length)
    }
}
