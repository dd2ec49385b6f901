import Records

/// The number of a device in a mobile network: 15 digits, the last one a Luhn check digit (Rules/README.md section 2).
package struct IMEI: CanonicalValue, CustomStringConvertible {
    /// Four bits for each digit.
    private let bits: UInt64

    static let length = 15
    private static let bodyLength = 14
    /// Dummies, and the sample in Apple's documentation, without their check digits (rule 4).
    private static let placeholders: [UInt64] = [0x0049_9901_0640_00, 0x0123_4567_8901_23, 0x1234_5678_9012_34]

    package static func parse(_ input: Span<UInt8>) -> Verdict<IMEI> {
        let text = input.extracting(input.trimmedRange)
        if text.isEmpty { return .missing }
        guard let digits = DigitString(text), !digits.hasLetters else { return .refused(text.decimalProblem) }
        guard (14...16).contains(digits.count) else {
            return .refused(digits.count == 0 && text.isPlaceholder ? .placeholder : .length)
        }
        if isPlaceholder(digits) { return .refused(.placeholder) }
        switch digits.count {
        case 14: return .canonical(IMEI(bodyOf: digits), [.checkDigitAdded])
        // The last two digits of an IMEISV count software versions. It has no check digit, so none is lost.
        case 16: return .canonical(IMEI(bodyOf: digits), [.imeisvReduced])
        default:
            guard digits[14] == digits.checkDigit(of: bodyLength) else { return .refused(.checksum) }
            return .canonical(IMEI(bits: digits.prefix(length)))
        }
    }

    /// Accepts an integer with all its digits; never pads one (rule 6).
    package static func parse(number text: Span<UInt8>) -> Verdict<IMEI> {
        for index in 0..<text.count where text[index].decimalDigit == nil { return .refused(.lossyNumber) }
        guard
            text.count == length, let digits = DigitString(text),
            digits[14] == digits.checkDigit(of: bodyLength)
        else { return .refused(.lossyNumber) }
        if isPlaceholder(digits) { return .refused(.placeholder) }
        return .canonical(IMEI(bits: digits.prefix(length)), [.numericInput])
    }

    /// All zeros and similar numbers have a correct check digit, so this check comes first (rule 4).
    private static func isPlaceholder(_ digits: DigitString) -> Bool {
        digits.isUniform(bodyLength) || placeholders.contains(digits.prefix(bodyLength))
    }

    private init(bits: UInt64) { self.bits = bits }

    private init(bodyOf digits: DigitString) {
        bits = digits.prefix(Self.bodyLength) << 4 | UInt64(digits.checkDigit(of: Self.bodyLength))
    }

    package func append(to output: inout [UInt8], style: Void) {
        output.append(packedDigits: bits, Self.length)
    }
}
