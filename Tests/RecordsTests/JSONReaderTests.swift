import Records
import Testing

@Suite struct JSONReaderTests {
    /// `key kind text` of every member.
    private func members(_ json: String) throws -> [String] {
        var found: [String] = []
        try JSONReader().members(json.utf8) { found.append("\($0.name) \($0.kind) \($0.string)") }
        return found
    }

    @Test func membersComeInTheirOrderWithTheirKind() throws {
        #expect(
            try members(#"{"a": null, "b": true, "c": false, "d": -1.50e2 , "e": "x", "f": [1, 2], "g": {"h": []}}"#)
                == [
                    "a null null", "b boolean(true) true", "c boolean(false) false", "d number -1.50e2", "e string x",
                    "f array [1, 2]", #"g object {"h": []}"#,
                ]
        )
    }

    @Test func elementsOfAnArrayHaveNoKey() throws {
        #expect(try members(#"["a", 1, null]"#) == [" string a", " number 1", " null null"])
    }

    @Test func emptyOnesHaveNoMembers() throws {
        #expect(try members("{}").isEmpty)
        #expect(try members(" [ ] ").isEmpty)
    }

    @Test func textsAndKeysAreUnescaped() throws {
        #expect(
            try members(#"{"a\u0062": "\"\\\/\b\f\n\r\t\u00e9\ud83c\udf4e"}"#) == ["ab string \"\\/\u{8}\u{c}\n\r\té🍎"]
        )
    }

    @Test func aTextKeepsItsNULs() throws {
        var found: [UInt8] = []
        try JSONReader().members(#"["a\u0000b"]"#.utf8) { found = Array($0.text) }
        #expect(found == [0x61, 0, 0x62])
    }

    @Test func longNumbersKeepTheirDigits() throws {
        #expect(try members("[89049037640158663184237812557346]") == [" number 89049037640158663184237812557346"])
    }

    @Test func deepNestingIsReadOneLevelAtATime() throws {
        let inner = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(try members("{\"a\":\(inner)}") == ["a array \(inner)"])
    }

    @Test func whatVisitsMayThrow() {
        #expect(throws: Failure(.usage, "enough")) {
            try JSONReader().members("[1]".utf8) { _ in throw Failure(.usage, "enough") }
        }
    }

    @Test(arguments: ["", "{", "[1", "{\"a\" 1}", "nope", "\"text\"", "12", "{\"a\": \"\\x\"}", "{\"a\": nul}"])
    func whatIsNoObjectOrArrayIsRefusedWithAReason(_ json: String) throws {
        let error = #expect(throws: JSONError.self) { try members(json) }
        #expect(try #require(error).description.count > 5)
    }

    @Test(arguments: [
        "[1] 2", "{\"a\": [1,}", "{\"a\": \"\u{1}\"}", "{\"a\": {\"b\": 01}}", "[\"\\ud800\"]", "{\"a\": tru}",
    ])
    func validatingLooksAtEveryLevel(_ json: String) throws {
        let bytes = Array(json.utf8)
        #expect(throws: JSONError.self) { try bytes.withUnsafeBufferPointer { try JSONReader().validate($0) } }
    }

    /// Apple has sent identifiers as numbers; a page must not be lost over one that is longer than 64 bits.
    @Test(arguments: [
        "[89049037640158663184237812557346]", #"{"eid": -89049037640158663184237812557346 , "a": [true, null, {}]}"#,
        "[1e999999999999999999999, 0.1]",
    ])
    func numbersOfAnyLengthAreNumbers(_ json: String) throws {
        let bytes = Array(json.utf8)
        try bytes.withUnsafeBufferPointer { try JSONReader().validate($0) }
    }

    @Test(arguments: [
        "[89049037640158663184237812557346, 01]", "[89049037640158663184237812557346] 1",
        "[89049037640158663184237812557346, \"\\x\"]", "[8904903764015866318423781255734.]", "[+89049037640158663184]",
        "[89049037640158663184237812557346, nul]", "[890490376401586631842378125573x6]",
    ])
    func aLongNumberHidesNothing(_ json: String) throws {
        let bytes = Array(json.utf8)
        #expect(throws: JSONError.self) { try bytes.withUnsafeBufferPointer { try JSONReader().validate($0) } }
    }

    @Test(arguments: [(900, true), (1020, false), (1030, false), (100_000, false)])
    func nestingIsBounded(depth: Int, isValid: Bool) {
        let json = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let isRead = (try? Array(json.utf8).withUnsafeBufferPointer { try JSONReader().validate($0) }) != nil
        #expect(isRead == isValid)
    }

    @Test(arguments: [
        ("", "it is empty"), ("  ", "it is empty"), (#"{"a": "bc"#, "it ends inside a string"),
        (#"{"a": [1, 2"#, Self.structure), (#"{"a" 1}"#, Self.structure), ("[1 2]", Self.structure),
        ("<html>", Self.structure), ("[yes]", Self.structure), ("[nope]", "a value is of the wrong type"),
        (#"["\x"]"#, "a string has an invalid escape sequence"),
        ("[\"a\u{1}\"]", "a string has a control character that is not escaped"),
        ("[01]", "a number is malformed"), ("[1] 2", "something follows its value"),
    ])
    func whyATextIsInvalid(_ json: String, _ why: String) throws {
        let bytes = Array(json.utf8)
        let error = #expect(throws: JSONError.self) {
            try bytes.withUnsafeBufferPointer { try JSONReader().validate($0) }
        }
        #expect(error?.description == why)
    }

    private static let structure = "it ends too early, or a comma, colon, bracket, or value is wrong or missing"

    @Test func bytesThatAreNoUTF8AreInvalid() {
        let bytes: [UInt8] = [0x5B, 0x22, 0xFF, 0x22, 0x5D]
        #expect(throws: JSONError.self) { try bytes.withUnsafeBufferPointer { try JSONReader().validate($0) } }
    }

    @Test func aValidTextValidates() throws {
        let bytes = try fixture("doc_orgdevices_page")
        try bytes.withUnsafeBufferPointer { try JSONReader().validate($0) }
    }

    @Test func aReaderReadsAgainAfterAnError() throws {
        let reader = JSONReader()
        var count = 0
        #expect(throws: JSONError.self) { try reader.members("[1, 2".utf8) { _ in } }
        try reader.members("[1, 2]".utf8) { _ in count += 1 }
        #expect(count == 2)
    }

    /// What lies behind a text that is not copied.
    private static let behind: [[UInt8]] = [
        Array(repeating: UInt8(ascii: "]"), count: 64), Array(repeating: UInt8(ascii: "1"), count: 64),
        Array(repeating: UInt8(ascii: " "), count: 64), Array(repeating: 0xFF, count: 64),
        Array("e}\"]".utf8) + Array(repeating: 0, count: 60),
    ]

    @Test(arguments: [
        ("[1", false), ("[\"a", false), ("tru", false), ("tru\u{7F}", false), ("true", true), ("12", true),
        ("\"a\"", true), ("[12]", true), (#"{"data": [{"id": "a"}]}"#, true), (#"{"data": [{"id": "a"}]"#, false),
        ("[1] ", true), ("", false), (" ", false),
    ])
    func whatLiesBehindATextDoesNotCount(json: String, isValid: Bool) {
        for behind in Self.behind {
            let bytes = Array(json.utf8) + behind
            bytes.withUnsafeBufferPointer { all in
                let text = UnsafeBufferPointer(rebasing: all.prefix(json.utf8.count))
                #expect(((try? JSONReader().validate(text, room: 64)) != nil) == isValid)
                guard json.hasPrefix("{") else { return }
                var ids: [String] = []
                try? JSONReader().document(text, room: 64) { _ in
                } resource: {
                    ids.append($0.id)
                }
                #expect(ids == (isValid ? ["a"] : []))
            }
        }
    }
}
