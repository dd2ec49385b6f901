import Records
import Testing
import Transform

/// The rules as scripts ask for them.
@Suite struct ValueRulesTests {
    static let vectors = ["identifiers", "mac", "storage", "dates", "applecare", "partnumbers"]
        .flatMap { Vector.load($0) }

    private func judge(_ field: String, _ json: String, style: String? = nil) throws -> Judgment {
        let rule = try #require(ValueRules.all.first { $0.name == field })
        var judgment: Judgment?
        try JSONReader().members("[\(json)]".utf8) { judgment = try rule.judge($0, style) }
        return try #require(judgment)
    }

    private func text(_ judgment: Judgment) -> String { String(decoding: judgment.value, as: UTF8.self) }

    @Test(arguments: vectors)
    func followsTheVector(_ vector: Vector) throws {
        let judgment = try judge(vector.field, vector.input)
        #expect(try Vector.canonical(text(judgment)) == vector.expected)
        #expect(judgment.isValid == vector.valid)
        #expect(judgment.reason.rawValue == vector.reason)
        #expect(judgment.warnings.map(\.rawValue) == vector.warnings)
    }

    @Test func everyRuleHasVectors() {
        #expect(Set(ValueRules.all.map(\.name)) == Set(Self.vectors.map(\.field)))
        #expect(Set(ValueRules.all.map(\.name)).count == ValueRules.all.count)
        #expect(Self.vectors.count == 201)
    }

    @Test(arguments: [
        ("mac", "colon_lower", "3c:22:fb:0a:0b:0c"), ("mac", "colon_upper", "3C:22:FB:0A:0B:0C"),
        ("mac", "hyphen_lower", "3c-22-fb-0a-0b-0c"), ("mac", "hyphen_upper", "3C-22-FB-0A-0B-0C"),
        ("mac", "cisco_dot", "3c22.fb0a.0b0c"), ("mac", "bare_lower", "3c22fb0a0b0c"),
        ("mac", "bare_upper", "3C22FB0A0B0C"), ("mac", "quad_hyphen", "3c22-fb0a-0b0c"),
        ("mac", "XXXX.XXXX.XXXX", "3C22.FB0A.0B0C"), ("datetime", "snipeit", "2026-02-28"),
        ("datetime", "jira_assets", "02/28/2026"), ("datetime", "servicenow", "2026-02-28 22:05:14"),
        ("date", "snipeit", "2026-02-28"), ("date", "jira_assets", "02/28/2026"), ("date", "servicenow", "2026-02-28"),
    ])
    func writesTheStyle(_ field: String, _ style: String, _ expected: String) throws {
        let input = field == "mac" ? "3C-22-FB-0A-0B-0C" : "2026-02-28T22:05:14.192Z"
        #expect(try text(judge(field, "\"\(input)\"", style: style)) == "\"\(expected)\"")
    }

    @Test func stylesAreThoseOfTheRule() {
        let styles = Dictionary(uniqueKeysWithValues: ValueRules.all.map { ($0.name, $0.styles) })
        #expect(styles["mac"] == MACStyle.names)
        #expect(styles["nac_allowlist"] == styles["mac"])
        #expect(styles["datetime"] == ["snipeit", "jira_assets", "servicenow"])
        #expect(styles["date"] == styles["datetime"])
        #expect(styles["imei"] == [])
    }

    @Test func anAllowlistHasItsStyleAndNoBluetooth() throws {
        let input = """
            {"include":["wifi","bluetooth"],"records":[{"wifi":"3c:22:fb:0a:0b:0c","bluetooth":"3c:22:fb:0a:0b:0d"},\
            {"wifi":["10:e2:c9:00:53:20","3C-22-FB-0A-0B-0C"]}]}
            """
        #expect(try text(judge("nac_allowlist", input, style: "bare_upper")) == #"["10E2C9005320","3C22FB0A0B0C"]"#)
    }
}
