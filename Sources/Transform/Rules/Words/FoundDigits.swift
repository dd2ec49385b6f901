import Records

/// The digits of a rejected identifier: how many they are, and which check digits they call for.
struct FoundDigits {
    private let text: String
    /// Nil if the text has another character than digits and separators.
    private let digits: DigitString?

    init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        digits = DigitString(bytes.span.extracting(bytes.span.trimmedRange))
    }

    /// - Parameters:
    ///   - name: "an IMEI".
    ///   - length: its number of decimal digits; the last one is a Luhn check digit.
    func problem(_ reason: Reason, of name: String, length: Int) -> String? {
        switch reason {
        case .length: digits.map { "it has \(counted($0.count, "digit")), and \(name) has \(length)" }
        case .format: stranger { $0.isWholeNumber }.map { "it contains '\($0)', and \(name) has only digits" }
        case .checksum: checkDigits(length - 1).map { said($0, $1, of: length - 1) }
        default: nil
        }
    }

    func problemOfEID(_ reason: Reason) -> String? {
        guard reason == .checksum, let digits, digits.count == 32 else {
            return reason == .truncatedPrecision
                ? "its last 17 digits are zeros: a spreadsheet keeps 15 digits of a number"
                : problem(reason, of: "an EID", length: 32)
        }
        let rest = (0..<30).reduce(0) { ($0 * 10 + digits[$1]) % 97 } * 100 % 97
        let expected = 98 - rest
        return """
            its last two digits are \(digits[30])\(digits[31]), and the other 30 call for \
            \(expected < 10 ? "0" : "")\(expected)
            """
    }

    func problemOfMEID(_ reason: Reason) -> String? {
        switch reason {
        case .length:
            digits.map {
                "it has \(counted($0.count, "digit")), and a MEID has 14 hexadecimal digits or 18 decimal ones"
            }
        case .format: stranger { $0.isHexDigit }.map { "it contains '\($0)', which is no hexadecimal digit" }
        default: nil
        }
    }

    func problemOfMAC(_ reason: Reason) -> String? {
        switch reason {
        case .format:
            if let stranger = stranger({ $0.isHexDigit || ":".contains($0) }) {
                "it contains '\(stranger)', which is no hexadecimal digit"
            } else if case let count = text.count(where: \.isHexDigit), count != 12 {
                "it has \(counted(count, "hexadecimal digit")), and a MAC address has 12"
            } else {
                "its 12 digits are not grouped as in a MAC address, such as 3C:22:FB:0A:0B:0C"
            }
        case .eui64: "it has 16 hexadecimal digits, and a MAC address has 12"
        case .placeholder where text.filter(\.isHexDigit) == "020000000000":
            "Apple's systems give 02:00:00:00:00:00 in place of an address that they hide"
        default: nil
        }
    }

    private func checkDigits(_ length: Int) -> (found: Int, expected: Int)? {
        guard let digits, digits.count == length + 1 else { return nil }
        return (digits[length], digits.checkDigit(of: length))
    }

    private func said(_ found: Int, _ expected: Int, of length: Int) -> String {
        "its check digit is \(found), and the other \(length) digits call for \(expected)"
    }

    /// The first character that is neither a digit nor something that separates digits.
    private func stranger(_ isDigit: (Character) -> Bool) -> Character? {
        text.first { character in
            if character.isASCII, isDigit(character) { return false }
            return DigitString(Array(String(character).utf8).span)?.count != 0
        }
    }
}
