import Pipeline
import Records
import Stages
import Testing

@Suite struct SettingValueTests {
    private enum Fruit: String, SettingValue, CaseIterable {
        case apple
        case blackBerry = "black_berry"
    }

    private func read<Value: SettingValue>(_ yaml: String, as type: Value.Type) throws -> Value {
        try Value(from: ConfigNode.parsed("- \(yaml)").items[0])
    }

    private func problem<Value: SettingValue>(_ yaml: String, as type: Value.Type) throws -> String {
        try #require(#expect(throws: Diagnostic.self) { try read(yaml, as: type) }).description
    }

    @Test(arguments: [("30d", 2_592_000), ("12h", 43_200), ("15m", 900), ("10s", 10), ("0d", 0)])
    func periodsHaveAUnit(_ text: String, _ seconds: Int) throws {
        let period = try read(text, as: Period.self)
        #expect(period.seconds == seconds)
        #expect(period.description == (seconds == 0 ? "0s" : text))
    }

    @Test(arguments: ["30", "d", "-1d", "1.5h", "1w", "1 d", "99999999d", "[1d]"]) func otherPeriodsAreRefused(
        _ text: String
    ) throws {
        let expected = text == "[1d]" ? "expected text" : "expected a duration such as 30d, 12h, 15m or 10s"
        #expect(try problem(text, as: Period.self) == "t.yaml:1:3: error: \(expected)")
    }

    @Test(arguments: [("5%", 5.0, "5%"), ("0.5%", 0.5, "0.5%"), ("100%", 100, "100%"), ("0%", 0, "0%")])
    func percentagesHaveTheirSign(_ text: String, _ percent: Double, _ shown: String) throws {
        let share = try read("\"\(text)\"", as: Percentage.self)
        #expect(share.percent == percent)
        #expect(share.description == shown)
    }

    @Test(arguments: ["5", "\"%\"", "101%", "-1%", "nan%", "5 %"]) func otherPercentagesAreRefused(_ text: String)
        throws
    {
        #expect(try problem(text, as: Percentage.self).hasSuffix("error: expected a percentage such as 5%"))
    }

    @Test func aShareIsExceededOnlyAboveIt() {
        let share = Percentage(percent: 5)
        #expect(!share.isExceeded(by: 5, of: 100))
        #expect(share.isExceeded(by: 6, of: 100))
        #expect(!share.isExceeded(by: 0, of: 0))
        #expect(share.isExceeded(by: 1, of: 0))
        #expect(!Percentage(percent: 100).isExceeded(by: 100, of: 100))
    }

    @Test func yesAndNoAreWords() throws {
        for word in ["true", "yes", "on"] { #expect(try read(word, as: Bool.self)) }
        for word in ["false", "no", "off"] { #expect(try !read(word, as: Bool.self)) }
        for word in ["1", "TRUE", "''"] {
            #expect(try problem(word, as: Bool.self).hasSuffix("expected true or false"))
        }
    }

    @Test func numbersAreDecimal() throws {
        #expect(try read("-12", as: Int.self) == -12)
        #expect(try read("1.5", as: Double.self) == 1.5)
        for text in ["1.0", "0x10", "1_000", "''", "99999999999999999999"] {
            #expect(try problem(text, as: Int.self).hasSuffix("expected an integer"), "\(text)")
        }
        for text in ["inf", "nan", "1,5", "''"] {
            #expect(try problem(text, as: Double.self).hasSuffix("expected a number"), "\(text)")
        }
    }

    @Test func wordsOfAListAreSuggested() throws {
        #expect(try read("black_berry", as: Fruit.self) == .blackBerry)
        #expect(
            try problem("blackbery", as: Fruit.self).hasSuffix(
                "expected apple or black_berry; did you mean 'black_berry'?"
            )
        )
        #expect(try problem("pear", as: Fruit.self).hasSuffix("error: expected apple or black_berry"))
    }

    @Test func oneValueIsAListOfOne() throws {
        #expect(try read("a", as: [String].self) == ["a"])
        #expect(try read("[a, 'b']", as: [String].self) == ["a", "b"])
        #expect(try problem("[a, {b: c}]", as: [String].self) == "t.yaml:1:7: error: expected text")
    }

    @Test func namedValuesKeepTheirOrder() throws {
        let values = try read("{ z: 1, a: 2 }", as: NamedValues<Int>.self)
        #expect(values.entries.map(\.name) == ["z", "a"])
        #expect(values.entries.map(\.value) == [1, 2])
        #expect(try problem("{}", as: NamedValues<Int>.self).hasSuffix("expected `name: integer` pairs"))
        #expect(try problem("x", as: NamedValues<Int>.self).hasSuffix("expected `name: integer` pairs"))
    }

    @Test func expressionsKeepTheirTextAndPlace() throws {
        let expression = try read("\"a = 'b'\"", as: Expression.self)
        #expect(expression.sql == "a = 'b'")
        #expect(expression.location.description == "t.yaml:1:3")
    }
}
