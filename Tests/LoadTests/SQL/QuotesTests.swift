import Records
import Stages
import Testing

/// CSV for readers that know no quotes.
@Suite struct QuotesTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func load(_ settings: String = "") throws -> any Loader {
        try loader("csv: { file: '\(folder.file("authorize"))', quotes: never\(settings) }")
    }

    private static let users = Schema("users", "", key: [], [Field("user", .text, ""), Field("check", .text, "")])
    private let authorize = ", delimiter: tab, header: false, line_ending: lf"

    @Test func linesOfFreeRADIUSComeAsTheyAre() async throws {
        let users = ["3c22fb0a0b0c", "3c22fb0a0b0d"].map {
            [TestValue.text($0), .text("Cleartext-Password := \"\($0)\"")]
        }
        try await load(authorize).load(Self.users, Batch(users))
        #expect(
            try folder.text("authorize") == """
                3c22fb0a0b0c\tCleartext-Password := "3c22fb0a0b0c"
                3c22fb0a0b0d\tCleartext-Password := "3c22fb0a0b0d"

                """
        )
    }

    @Test func whatOtherwiseHasQuotesComesWithout() async throws {
        let texts = [" lead", "trail ", "\\.", "", "\"", "a\"b", "=1", ";"]
        try await load(authorize).load(Self.users, Batch(texts.map { ["u", .text($0)] }))
        #expect(try folder.text("authorize") == texts.map { "u\t\($0)\n" }.joined())
    }

    @Test(arguments: ["a\tb", "a\nb", "a\rb", "\n"]) func aValueThatNeedsQuotesIsRefused(text: String) async throws {
        let refusal = try await failure {
            try await load(authorize).load(Self.users, Batch([["u", "fine"], ["v", .text(text)]]))
        }
        #expect(refusal.code == .badData)
        #expect(
            refusal.message == """
                check: the value \(text.debugDescription) needs quotes, and quotes: never
                """
        )
        #expect(folder.names.isEmpty)
    }

    @Test func aRefusedValueLeavesTheOldFile() async throws {
        try await load().load(Self.users, Batch([["u", "old"]]))
        await #expect(throws: Failure.self) { try await load().load(Self.users, Batch([["u", "a,b"]])) }
        #expect(folder.names == ["authorize"])
        #expect(try folder.text("authorize") == "user,check\r\nu,old\r\n")
    }

    @Test func aListWithTheDelimiterIsRefused() async throws {
        let schema = Schema("lists", "", key: [], [Field("imeis", .textList, "")])
        let batch = Batch([[#"["1","2"]"#]])
        try await load(", header: false").load(schema, batch)
        #expect(try folder.text("authorize") == "1;2\r\n")
        await #expect(throws: Failure.self) { try await load(", list_separator: ','").load(schema, batch) }
    }

    @Test func aTimeWithTheDelimiterIsRefused() async throws {
        let schema = Schema("times", "", key: [], [Field("at", .timestamp, ""), Field("on", .date, "")])
        let refusal = try await failure {
            try await load(", delimiter: ':'").load(schema, Batch([[.moment(0), .day(0)]]))
        }
        #expect(refusal.message.contains(#"at: the value "1970-01-01T00:00:00.000Z" needs quotes"#))
    }

    @Test func aNameThatNeedsQuotesIsAProblemOfThePlan() throws {
        let schema = Schema("x", "", key: [], ["a,b", "c\nd", "e\"f", "g\r\nh"].map { Field($0, .text, "") })
        #expect(
            try problems("csv: { file: a.csv, quotes: never }", in: schema) == [
                "1:1 the column name 'a,b' needs quotes", "1:1 the column name 'c\\nd' needs quotes",
                "1:1 the column name 'g\\r\\nh' needs quotes",
            ]
        )
        #expect(try problems("csv: { file: a.csv, quotes: never, header: false }", in: schema).isEmpty)
        #expect(try problems("csv: { file: a.csv }", in: schema).isEmpty)
    }

    @Test func excelCannotDoWithoutQuotes() throws {
        #expect(
            try problems("csv: { file: a.csv, quotes: never, profile: excel }")
                == ["1:1 the profile excel needs quotes"]
        )
        #expect(
            try problems("csv: { file: a.csv, quotes: 1️⃣sometimes }") == ["1️⃣ expected when_needed or never"]
        )
    }
}
