import Records
import Testing

@Suite struct ForeignTextTests {
    private func foreign(_ text: String) -> ForeignText { ForeignText(text, hiding: Secrets()) }

    @Test func aPlainTextStaysAsItIs() {
        for text in ["", "no such table", "Größe: 5 €", "東京 🏴󠁧󠁢󠁳󠁣󠁴󠁿 👩‍👩‍👧"] { #expect(foreign(text).description == text) }
    }

    @Test(arguments: [
        ("one\ntwo", #"one\ntwo"#), ("a\r\nerror: forged", #"a\r\nerror: forged"#),
        ("\u{1b}[31mred", #"\u{1b}[31mred"#),
        ("\u{1b}]0;title\u{7}", #"\u{1b}]0;title\u{7}"#), ("\u{9b}2J", #"\u{9b}2J"#), ("x\0y\tz", #"x\u{0}y\tz"#),
        ("abc\u{202e}cba", #"abc\u{202e}cba"#), ("a\u{2066}b\u{2069}c", #"a\u{2066}b\u{2069}c"#),
        ("a\u{2028}b\u{2029}c\u{85}d", #"a\u{2028}b\u{2029}c\u{85}d"#), ("\u{200f}\u{61c}x", #"\u{200f}\u{61c}x"#),
        ("  blanks at the ends \n", "blanks at the ends"),
    ])
    func aControlIsMadeVisible(_ text: String, _ shown: String) { #expect(foreign(text).description == shown) }

    @Test func aLongTextIsCut() {
        let text = foreign(String(repeating: "é", count: 30_000_000))
        #expect(text.description == String(repeating: "é", count: 499) + "…")
        #expect(
            text.full.utf8.count <= ForeignText.fullLimit && text.full.utf8.count > 4000 && text.full.hasSuffix("…")
        )
    }

    @Test func aTextOfTheLongestLengthIsNotCut() {
        let text = String(repeating: "x", count: 500)
        #expect(foreign(text).description == text)
        #expect(foreign(text + "y").full == text + "y")
    }

    @Test func aSecretAtTheCutIsNotShownInPart() {
        let secrets = Secrets()
        secrets.add("hunter22")
        let text = ForeignText(
            String(repeating: "x", count: 494) + "hunter22" + String(repeating: "y", count: 90),
            hiding: secrets
        )
        #expect(!text.description.contains("hunt"))
    }

    @Test func bytesThatAreNoTextAreShown() {
        #expect(ForeignText([0x61, 0xFF, 0x62], hiding: Secrets()).description == "a\u{fffd}b")
    }

    @Test func messagesAreOneLineWhateverComesIntoThem() {
        let failure = Failure(.badData, "what\nerror: forged", advice: "do\u{1b}[2J")
        #expect(failure.description == #"what\nerror: forged; do\u{1b}[2J"#)
    }

    @Test func aCellOfATableKeepsItsWidth() { #expect("a\u{202e}b\nc\u{2028}d".onOneLine == "a·b·c·d") }
}
