import Records
import Testing

/// What `check` says about an expression, and where.
@Suite struct ExpressionCheckTests {
    @Test func unknownColumn() {
        expectProblems("where: 1️⃣statuss = 'A'", "1️⃣ no column 'statuss'; did you mean 'status'?")
        expectProblems("where: color = 'ä€' AND 1️⃣statuss = 'A'", "1️⃣ no column 'statuss'")
        expectProblems("where: \"color = 'x' AND 1️⃣statuss = 'A'\"", "1️⃣ no column 'statuss'")
        expectProblems("where: 1️⃣nope.status = 'A'", "1️⃣ no column 'nope.status'")
        expectProblems(
            "where: 1️⃣server_id = 'A'",
            in: .devices,
            "1️⃣ no column 'server_id'; the extract stage 'assignments' adds it"
        )
    }

    @Test func textWithoutQuotes() {
        expectProblems("where: color = 1️⃣RED", "1️⃣ no column 'RED'; put text in single quotes: 'RED'")
        expectProblems("where: product_family = 1️⃣iPhone", "1️⃣ no column 'iPhone'; put text in single quotes: 'iPhone'")
        expectProblems("where: 1️⃣Statuss = 'A'", "1️⃣ no column 'Statuss'; did you mean 'status'?")
        expectProblems("where: color = 1️⃣red", "1️⃣ no column 'red'; choose one of ")
    }

    @Test func textInDoubleQuotes() {
        expectProblems(
            #"where: status = 1️⃣"ASSIGNED""#,
            "1️⃣ no column 'ASSIGNED'; put text in single quotes: 'ASSIGNED'"
        )
        expectProblems(#"where: color = 'x' OR 1️⃣"statuss" = 'A'"#, "1️⃣ no column 'statuss'; did you mean 'status'?")
    }

    @Test func aDateWithoutQuotesIsASubtraction() throws {
        let table = Table.devices(["color": "RED", "ordered_at": .timestamp("2025-04-30")])
        for (date, message, text) in [
            ("2024-01-01", "2024-01-01 without quotes is a subtraction", "2024-01-01"),
            ("2024-01-01T06:00:00Z", "a date with a time needs quotes", "2024-01-01T06:00:00Z"),
            ("2024-01-01t06:00:00.000+02:00", "a date with a time needs quotes", "2024-01-01T06:00:00.000+02:00"),
            ("2024-01-01 06:00", "a date with a time needs quotes", "2024-01-01T06:00"),
        ] {
            for end in ["", " AND color = 'RED'", " -- now"] {
                expectProblems("where: ordered_at > 1️⃣\(date)\(end)", "1️⃣ \(message); write '\(text)'")
            }
            #expect(try table.applying("where: ordered_at > '\(text)'").batch.count == 1)
        }
        expectProblems(
            "where: \"color = '2024-01-01' AND ordered_at BETWEEN 1️⃣2024-01-01 AND 2024-12-31\"",
            "1️⃣ 2024-01-01 without quotes is a subtraction"
        )
        expectProblems(
            "compute: { day: 1️⃣2024-01-01 }",
            "1️⃣ 2024-01-01 without quotes is a subtraction; write \"'2024-01-01'\""
        )
        for sum in ["'2024-01-01'", "2024 - 01 - 01 /* 2024-01-01 */", "2024-1-1", "12024-01-01", "2024-01-011"] {
            #expect(throws: Never.self) { try table.applying("where: \"ordered_at > \(sum)\"") }
        }
    }

    @Test func syntax() {
        expectProblems(
            "where: status = 'A' 1️⃣AN color = 'x'",
            "1️⃣ unexpected 'AN'; check the operators, commas, and parentheses before it"
        )
        expectProblems("where: status =1️⃣", "1️⃣ the expression is not complete")
        expectProblems("where: status = 1️⃣'A) ", "1️⃣ ' is not closed")
        expectProblems("where: 1️⃣(status = 'A'", "1️⃣ '(' without ')'")
        expectProblems("where: status = 'A'1️⃣)", "1️⃣ ')' without '('")
        expectProblems("where: status = 'A'1️⃣; DROP TABLE batch", "1️⃣ an expression must not contain ';'")
        expectProblems("where: status = 'A' 1️⃣/* sic", "1️⃣ '/*' without '*/'")
        expectProblems("where: 1️⃣-- nothing", "1️⃣ expected an expression")
        expectProblems("where: \"1️⃣\\0\"", "1️⃣ an expression must not contain U+0000")
        expectProblems("where: \"1️⃣status, color\"", "1️⃣ one value is expected here, not several; remove the comma")
    }

    @Test func functions() {
        expectProblems("where: 1️⃣uper(color) = 'X'", "1️⃣ no function 'uper'; did you mean 'upper'?")
        expectProblems("where: 1️⃣substr(color) = 'X'", "1️⃣ substr() has the wrong number of arguments")
        expectProblems("where: color 1️⃣REGEXP 'x'", "1️⃣ no operator REGEXP; use LIKE or GLOB")
        expectProblems("where: color = 'x' COLLATE 1️⃣nope", "1️⃣ no collation 'nope'; use BINARY, NOCASE, or RTRIM")
    }

    @Test func aggregatesLookAtManyRows() {
        expectProblems("where: 1️⃣max(status) = 'A'", "1️⃣ max() combines several rows")
        expectProblems("where: 1️⃣count(*) > 1", "1️⃣ count() combines several rows")
        expectProblems("compute: { n: 1️⃣max(status) }", "1️⃣ max() combines several rows")
        expectProblems("compute: { n: 1️⃣group_concat(status) }", "1️⃣ group_concat() combines several rows")
    }

    @Test func nothingReadsTheClock() {
        expectProblems("where: ordered_at < date(1️⃣'now')", "1️⃣ 'now' reads the clock; write run_time, without quotes")
        expectProblems("where: ordered_at < date('2025-01-01', 1️⃣'localtime')", "1️⃣ 'localtime' depends on the time zone")
        expectProblems("where: ordered_at < datetime(upper(1️⃣'NOW'), '-1 day')", "1️⃣ 'now' reads the clock")
        expectProblems(
            "where: ordered_at < 1️⃣date()",
            "1️⃣ date() without a date-time reads the clock; add a date-time, such as run_time"
        )
        expectProblems("where: 1️⃣strftime('%Y') = '2025'", "1️⃣ strftime() without a date-time reads the clock")
        for word in ["current_timestamp", "CURRENT_DATE", "current_time"] {
            expectProblems("where: ordered_at < 1️⃣\(word)", "1️⃣ \(word.lowercased()) reads the clock")
        }
        expectProblems("where: 1️⃣random() = 1", "1️⃣ random() gives a different result each time")
    }

    @Test func datesOfOtherMomentsAreFine() throws {
        let table = Table.devices(["color": "now", "ordered_at": .timestamp("2025-04-30")])
        #expect(try table.applying("where: color = 'now' AND strftime('%Y', ordered_at) = '2025'").batch.count == 1)
    }

    @Test func depthIsLimited() {
        let sum = Array(repeating: "1", count: 200).joined(separator: "+")
        expectProblems("where: 1️⃣\(sum)", "1️⃣ the expression is nested too deeply")
        let nested = String(repeating: "(", count: 200) + "1" + String(repeating: ")", count: 200)
        expectProblems("where: 1️⃣\(nested)", "1️⃣ the expression is nested too deeply")
    }

    @Test func namesThatDifferInCapitalsOnlyAreRefused() {
        expectProblems(
            "compute: { A: color, 1️⃣a: status }",
            "1️⃣ 'a' and the column 'A' differ only in case, which SQL ignores"
        )
        expectProblems(
            "compute: { 1️⃣Serial_Number: color }",
            "1️⃣ 'Serial_Number' and the column 'serial_number' differ only in case"
        )
        expectProblems(
            "compute: { Ä: color, ä: status, 1️⃣Color: status }",
            "1️⃣ 'Color' and the column 'color' differ only in case"
        )
    }

    @Test func columnsThatDifferInCapitalsOnlyAreNamed() throws {
        let table = try Table.devices(["color": "x"]).applying("select: { A: color, a: status }")
        for stage in ["where: A = 'x'", "compute: { b: upper(a) }", "select: { b: upper(a) }"] {
            expectProblems(
                "1️⃣\(stage)",
                in: table.schema,
                "1️⃣ the columns 'A' and 'a' differ only in case, which SQL ignores"
            )
        }
    }

    @Test func aMapOfTooManyExpressionsIsRefused() {
        let entries = (0...1000).map { "c\($0): color" }.joined(separator: ", ")
        expectProblems("compute: 1️⃣{ \(entries) }", "1️⃣ 1001 entries are more than the limit of 1000")
    }

    @Test func theFormerSpellingOfASaleTypeIsNamed() {
        for condition in [
            "sale_type = 1️⃣'personalised'", "1️⃣'personalised' = sale_type", "sale_type <> 1️⃣'personalised'",
            "sale_type IN ('retail', 1️⃣'personalised')", "sale_type IS NOT 1️⃣'Personalised'",
            "CASE sale_type WHEN 1️⃣'personalised' THEN 1 END", "lower(sale_type) LIKE 1️⃣'personalised'",
        ] {
            expectProblems(
                "where: \"\(condition)\"",
                in: Schema("devices", "", key: [], [Field("sale_type", .text, "")]),
                "1️⃣ sale_type no longer has the value 'personalised'; write 'personalized'"
            )
        }
    }

    @Test func theFormerSpellingCanStillBeWritten() throws {
        let schema = Schema("devices", "", key: [], [Field("sale_type", .text, ""), Field("color", .text, "")])
        for expression in [
            "CASE sale_type WHEN 'personalized' THEN 'personalised' ELSE sale_type END",
            "replace(sale_type, 'personalized', 'personalised')", "coalesce(sale_type, 'personalised')",
        ] {
            _ = try bind("compute: { old: \"\(expression)\" }", to: schema)
        }
        _ = try bind("where: color = 'personalised'", to: schema)
    }
}
