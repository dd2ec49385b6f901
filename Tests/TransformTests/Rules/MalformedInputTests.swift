import Records
import Testing
import Transform

/// What a script may send by mistake.
@Suite struct MalformedInputTests {
    private func judge(_ rule: ValueRule, _ json: String, style: String? = nil) throws -> Judgment {
        var judgment: Judgment?
        try JSONReader().members("[\(json)]".utf8) { judgment = try rule.judge($0, style) }
        return try #require(judgment)
    }

    @Test(arguments: [
        ("mac_format", "{}", Reason.format), ("mac_format", #"{"mac":"3c22fb0a0b0c"}"#, .format),
        ("mac_format", #"{"mac":"3c22fb0a0b0c","style":"dots"}"#, .format),
        ("mac_format", #"{"mac":7,"style":"colon_lower"}"#, .type), ("mac_format", #""3c22fb0a0b0c""#, .type),
        ("date_format", "{}", .format), ("date_format", #"{"value":"2026-02-02","style":null}"#, .format),
        ("date_format", #"{"value":true,"style":"snipeit"}"#, .type), ("date_format", "[]", .type),
        ("nac_allowlist", "{}", .type), ("nac_allowlist", "7", .type),
        ("nac_allowlist", #"{"include":"wifi","records":[]}"#, .type),
        ("nac_allowlist", #"{"include":["wifi"],"records":{}}"#, .type),
        ("nac_allowlist", #"{"include":["wifi"],"records":7}"#, .type),
        ("nac_allowlist", #"{"include":null,"records":null}"#, .type),
        ("applecare_flatten", "{}", .type), ("applecare_flatten", #"{"as_of":"2026-01-15"}"#, .type),
        ("applecare_flatten", #"{"as_of":"2026-01-15","records":"x"}"#, .type),
        ("applecare_flatten", #"{"as_of":"soon","records":[]}"#, .format),
        ("applecare_flatten", #"{"as_of":null,"records":[]}"#, .format),
        ("applecare_flatten", #"{"as_of":true,"records":[]}"#, .type),
        ("part_number", "7", .type), ("storage_bytes", "256", .type), ("datetime", "1746050714", .format),
    ])
    func isRefused(_ field: String, _ json: String, _ reason: Reason) throws {
        let rule = try #require(ValueRules.all.first { $0.name == field })
        let judgment = try judge(rule, json)
        #expect(judgment.reason == reason)
        #expect(!judgment.isValid)
        #expect(String(decoding: judgment.value, as: UTF8.self) == "null")
    }

    @Test func recordsThatAreNoneAreLeftOut() throws {
        let rule = try #require(ValueRules.all.first { $0.name == "nac_allowlist" })
        let records = #"[1,"x",null,[],{"wifi":[["3c22fb0a0b0c"]]},{"wifi":{}},{"wifi":"3c22fb0a0b0d"}]"#
        let judgment = try judge(rule, #"{"include":["wifi",7,null],"records":\#(records)}"#)
        #expect(String(decoding: judgment.value, as: UTF8.self) == #"["3c:22:fb:0a:0b:0d"]"#)
    }

    private static let pieces = [
        "null", "true", "7", "-1.5e3", #""""#, #""x""#, "[]", "{}", "[1,[2,{}]]", #"{"value":[]}"#, #"["N/A",null]"#,
    ]

    /// Every member of every rule's object with every kind of value, and every kind of value alone.
    @Test(arguments: ValueRules.all.map(\.name))
    func nothingCrashesARule(_ field: String) throws {
        let rule = try #require(ValueRules.all.first { $0.name == field })
        let names = ["mac", "style", "value", "include", "records", "as_of", "order_date", "wifi", "id"]
        var inputs = Self.pieces
        for piece in Self.pieces {
            inputs.append("{\(names.map { "\"\($0)\":\(piece)" }.joined(separator: ","))}")
            inputs += names.map { #"{"as_of":"2026-01-15","records":[],"include":[],"\#($0)":\#(piece)}"# }
            inputs.append(#"{"as_of":"2026-01-15","include":["wifi"],"records":[\#(piece)]}"#)
            inputs.append(#"{"as_of":"2026-01-15","include":["wifi"],"records":[{"wifi":\#(piece),"id":\#(piece)}]}"#)
        }
        for input in inputs {
            for style in [nil, rule.styles.last] {
                let judgment = try judge(rule, input, style: style)
                var line: [UInt8] = []
                judgment.append(to: &line)
                #expect(throws: Never.self, "\(input)") {
                    try line.withUnsafeBufferPointer { try JSONReader().validate($0) }
                }
                if [.format, .type].contains(judgment.reason) { #expect(judgment.value == Array("null".utf8)) }
            }
        }
    }
}
