import Records
import Testing

@testable import AppleClient

@Suite struct TextRepairTests {
    private func repaired(_ text: String) -> String {
        String(decoding: TextRepair.repaired(Array(text.utf8)), as: UTF8.self)
    }

    @Test func validTextStaysAsItIs() {
        for text in [#"{"a":"é 😀 \ud83d\ude00 \\ud800 \n \""}"#, "", "{}"] { #expect(repaired(text) == text) }
    }

    @Test func halfASurrogatePairIsReplaced() {
        #expect(repaired(#"{"a":"\ud83d"}"#) == #"{"a":"\uFFFD"}"#)
        #expect(repaired(#"{"a":"\ude00\ud83d\ud83d\ude00"}"#) == #"{"a":"\uFFFD\uFFFD\ud83d\ude00"}"#)
        #expect(repaired(#"\ud83d"#) == #"\uFFFD"#)
        for cut in [#"\"#, #"\u"#, #"\ud83"#, #"\ud83d\ude0"#] {
            #expect(repaired("a" + cut) == "a" + cut.replacing(#"\ud83d"#, with: #"\uFFFD"#))
        }
    }

    @Test func bytesThatAreNoUTF8AreReplaced() {
        let repaired = TextRepair.repaired([0x22, 0xFF, 0x41, 0x22])
        #expect(String(decoding: repaired, as: UTF8.self) == "\"\u{FFFD}A\"")
    }

    @Test func whatIsValidStaysAsItCame() throws {
        for text in [#"{"a":"é"}"#, #"{"a":"\n\ud83d\ude00"}"#, " [] "] {
            #expect(try TextRepair.json(Array(text.utf8)) == Array(text.utf8))
        }
    }

    @Test func whatCanBeMendedIsJSONAfterwards() throws {
        #expect(try TextRepair.json([0x22, 0xFF, 0x22]) == Array("\"\u{FFFD}\"".utf8))
        #expect(try TextRepair.json(Array(#""\ud83d""#.utf8)) == Array(#""\uFFFD""#.utf8))
        for text in ["", #"{"a":"#, #""\q""#, "{} {}"] {
            #expect(throws: JSONError.self) { try TextRepair.json(Array(text.utf8)) }
        }
    }
}
