import Records
import Testing

@Suite struct FieldTextTests {
    private func trimmed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: bytes[bytes.span.trimmedRange], as: UTF8.self)
    }

    @Test(arguments: [
        " ", "\t\n\u{b}\u{c}\r", "\u{a0}", "\u{2007}", "\u{202f}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}",
        "\u{feff}",
    ])
    func blanksAreTakenOffBothEnds(_ blank: String) {
        #expect(trimmed("\(blank)a\(blank)b\(blank)") == "a\(blank)b")
        #expect(trimmed(blank) == "")
    }

    @Test(arguments: ["é", "\u{2028}", "\u{3000}", "\u{85}", "\u{200e}", "à", "☠"]) func otherCharactersStay(
        _ text: String
    ) {
        #expect(trimmed(text) == text)
    }

    @Test(arguments: [
        ("N/A", true), ("n/a", true), ("None", true), ("null", true), ("NIL", true), ("Unknown", true), ("-", true),
        ("not available", true), ("NA", true), ("N/A.", false), ("", false), ("--", false), ("NOTAVAILABLE", false),
    ])
    func standInsForNothingAreKnown(_ text: String, _ isPlaceholder: Bool) {
        #expect(Array(text.utf8).span.isPlaceholder == isPlaceholder)
    }

    @Test func digitsAreASCII() {
        #expect((0...255).compactMap { UInt8($0).decimalDigit } == Array(0...9))
        #expect((0...255).compactMap { UInt8($0).hexDigit } == Array(0...9) + Array(10...15) + Array(10...15))
        #expect(UInt8(ascii: "z").uppercased == UInt8(ascii: "Z"))
        #expect(UInt8(ascii: "{").uppercased == UInt8(ascii: "{"))
    }
}
