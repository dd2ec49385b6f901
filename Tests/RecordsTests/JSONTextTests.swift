import Foundation
import Records
import Testing

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), (#"iMac 21.5""#, #""iMac 21.5\"""#), (#"C:\a"#, #""C:\\a""#),
        ("\u{8}\t\n\u{c}\r", #""\b\t\n\f\r""#), ("\u{0}\u{1f}\u{7f}", #""\u0000\u001f\u007f""#), ("a/b", #""a/b""#),
        ("\u{85}\u{2028}\u{2029}", #""\u0085\u2028\u2029""#), ("é🍎‧", #""é🍎‧""#), ("\u{84}\u{86}", "\"\u{84}\u{86}\""),
    ])
    func escapesWhatMustOrBreaksLines(_ text: String, _ json: String) {
        #expect(JSONText.quoted(text) == json)
    }

    @Test(
        arguments: [
            ("[]", true), (#"[""]"#, true), (#"["a,b","c d"]"#, true), (#"["a", "b"]"#, false), (#"["a",null]"#, false),
            (#"["a\"b"]"#, false), ("[\"\u{7f}\"]", false), (#"["é"]"#, false), ("[1]", false), (#"{"a"}"#, false),
            (#"["a]"#, false), ("", false), ("[", false),
            (#"["a",]"#, false), (#"[,"a"]"#, false), (#"["a""b"]"#, false), ("[,]", false), (#"["]"#, false),
        ]
    )
    func plainListsAreTold(_ list: String, _ isPlain: Bool) {
        #expect(JSONText.isPlainTextList(Array(list.utf8).span) == isPlain)
    }

    @Test func cutCharactersAtTheEndAreLeftAlone() {
        for bytes in [[0xC2], [0xE2], [0xE2, 0x80]] as [[UInt8]] {
            var output: [UInt8] = []
            JSONText.append(string: bytes.span, to: &output)
            #expect(output == [0x22] + bytes + [0x22])
        }
    }

    @Test func everyCharacterComesBack() throws {
        let text = String(String.UnicodeScalarView((0..<0x3000).compactMap(Unicode.Scalar.init)))
        let read = try JSONDecoder().decode([String].self, from: Data("[\(JSONText.quoted(text))]".utf8))
        #expect(read == [text])
    }

    @Test func membersAreWrittenAsTheyCame() throws {
        var output: [UInt8] = []
        try JSONReader().members(#"["a\"\u2028", 1.50, {"b": [true, null]}, null]"#.utf8) { member in
            JSONText.append(member, to: &output)
            output.append(UInt8(ascii: ";"))
        }
        #expect(String(decoding: output, as: UTF8.self) == #""a\"\u2028";1.50;{"b": [true, null]};null;"#)
    }
}
