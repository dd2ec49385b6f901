import Records
import Testing

/// Text that holds U+0000, or U+FFFD where a character was lost, is rejected with its reason and never loaded.
@Suite struct WholeTextTests {
    @Test(arguments: [
        (#"R\u0000ED"#, #"R\u0000ED"#), (#"\ufffd"#, "\u{FFFD}"), (#"caf\uFFFD"#, "caf\u{FFFD}"),
        ("caf\u{FFFD}", "caf\u{FFFD}"),
    ])
    func aTextThatIsNotWholeLeavesItsCellEmpty(_ json: String, _ value: String) throws {
        let row = try ReadRow(#"{"color": "\#(json)", "status": "ASSIGNED"}"#.utf8)
        #expect(row.cell("color") == .null)
        #expect(row["status"] == "ASSIGNED")
        #expect(row.refused == ["color invalid_text \(value)"])
    }

    @Test func anElementThatIsNotWholeLeavesItsList() throws {
        let row = try ReadRow(#"{"imei": ["1", "2\u0000", "\ufffd", {"a": "\u0000"}, "3"], "meid": "\u0000"}"#.utf8)
        #expect(row["imeis"] == #"["1","3"]"#)
        #expect(row["meids"] == "[]")
        #expect(
            row.refused == [
                #"imeis invalid_text 2\u0000"#, "imeis invalid_text \u{FFFD}", #"imeis invalid_text {"a": "\u0000"}"#,
                #"meids invalid_text \u0000"#,
            ]
        )
    }

    @Test(arguments: [
        #""x":"a\u0000b""#, #""x":{"deep": ["\u0000"]}"#, #""x":[{"\ufffd": 1}]"#, #""x":"\#u{FFFD}""#,
        #""x\u0000":1"#, #""x\#u{FFFD}":true"#, #""x":["\\\u0000"]"#, #""x":["\uFffD"]"#,
    ])
    func anAttributeThatIsNotWholeLeavesExtra(_ member: String) throws {
        let row = try ReadRow("{\"first\": 1, \(member), \"last\": \"é\"}".utf8)
        #expect(row["extra"] == #"{"first":1,"last":"é"}"#)
        #expect(row.rejects.map(\.column) == ["extra"])
        #expect(row.rejects.map(\.reason) == [.invalidText])
        #expect(row.rejects.allSatisfy { $0.value.hasPrefix(#"{"x"#) && !$0.value.utf8.contains(0) })
    }

    @Test func whatOnlyLooksLikeItIsKept() throws {
        let row = try ReadRow(
            #"{"color": "\\u0000", "status": "\\\\ufffd", "x": ["\\u0000", "\u00000", "\\\\ufffd"], "y": "￼ \ufffc"}"#
                .utf8
        )
        #expect(row["color"] == #"\u0000"#)
        #expect(row.rejects.map(\.column) == ["extra"])
        #expect(row["extra"] == #"{"y":"￼ ￼"}"#)
        let kept = try ReadRow(#"{"x": ["\\u0000", "\\\\ufffd", "ff\u000fd"]}"#.utf8)
        #expect(kept["extra"] == #"{"x":["\\u0000", "\\\\ufffd", "ff\u000fd"]}"#)
        #expect(kept.rejects.isEmpty)
    }
}
