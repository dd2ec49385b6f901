import Records
import Stages
import Testing

/// Forms of PostgreSQL, MySQL and SQL Server are told with SQLite's form, and that form is right.
@Suite struct OtherDialectTests {
    @Test func theClockIsOutOfReach() {
        expectProblems(
            "where: updated_at > 1️⃣now() - interval '90 days'",
            in: .devices,
            "1️⃣ now() reads the clock, and all rows of a run see the same time; write run_time"
        )
        for (form, advice) in [
            ("GETDATE()", "run_time"), ("current_timestamp", "run_time"), ("current_date", "run_date"),
            ("CURDATE()", "run_date"), ("today()", "run_date"), ("current_time", "time(run_time)"),
        ] {
            let problem =
                "\(form.lowercased()) reads the clock, and all rows of a run see the same time; write \(advice)"
            expectProblems("where: updated_at > 1️⃣\(form)", in: .devices, "1️⃣ \(problem)")
            #expect(throws: Never.self) { try bind("where: updated_at > \(advice)", to: .devices) }
        }
    }

    @Test func castsHaveAnotherForm() {
        expectProblems(
            "compute: { x: \"serial_number1️⃣::text\" }",
            in: .devices,
            "1️⃣ SQLite has no '::'; write CAST(serial_number AS TEXT)"
        )
        expectProblems(
            "where: ordered_at1️⃣::date = '2026-01-31'",
            in: .devices,
            "1️⃣ SQLite has no '::'; write date(ordered_at)"
        )
    }

    @Test func operatorsHaveAnotherForm() {
        expectProblems("where: color 1️⃣ILIKE 'x'", in: .devices, "1️⃣ SQLite has no ILIKE; write LIKE, which ignores")
        expectProblems("where: \"color = 'x' 1️⃣&& status = 'y'\"", in: .devices, "1️⃣ SQLite has no '&&'; write AND")
        expectProblems("where: \"1️⃣!(color = 'x')\"", in: .devices, "1️⃣ SQLite has no '!'; write NOT")
        expectProblems("where: color 1️⃣~ '^x'", in: .devices, "1️⃣ SQLite has no operator ~; use LIKE")
        expectProblems("where: color 1️⃣!~ '^x'", in: .devices, "1️⃣ SQLite has no operator !~; use NOT LIKE")
        expectProblems("where: color 1️⃣SIMILAR TO 'x'", in: .devices, "1️⃣ SQLite has no operator SIMILAR TO; use LIKE")
        expectProblems("where: color = 1️⃣ANY('x')", in: .devices, "1️⃣ SQLite has no ANY; write IN ('iPhone', 'iPad')")
        expectProblems("where: color = 1️⃣N'x'", in: .devices, "1️⃣ SQLite has no N'…'; write the text in single quotes")
        expectProblems("compute: { x: \"imeis1️⃣[0]\" }", in: .devices, "1️⃣ SQLite has no list[0]; write ->> 0")
        expectProblems(
            "compute: { x: \"date(ordered_at) + 1️⃣interval '90 days'\" }",
            in: .devices,
            "1️⃣ SQLite has no INTERVAL; write date(ordered_at, '+90 days')"
        )
        expectProblems(
            "compute: { x: \"'A-' 1️⃣+ serial_number\" }",
            in: .devices,
            "1️⃣ '+' adds numbers, and one side is a text; write || to join texts"
        )
    }

    @Test(arguments: [
        "color == 'x'", "color <> 'x' AND NOT status = 'y'", "~1 = -2", "CAST(serial_number AS TEXT) LIKE 'iPad%'",
        "device_model IN ('iPhone', 'iPad')", "date(ordered_at, '+90 days') > '2026-01-31'", "imeis ->> 0 = '1'",
        "'1' + 1 = 2", "color = 'now()' OR color = '::' OR color = 'a && b'", "color IS NOT 'x'",
    ]) func itsOwnFormsAreTaken(_ expression: String) throws {
        _ = try bind("where: \"\(expression)\"", to: .devices)
    }

    @Test(arguments: [
        "if", "left", "right", "mid", "concat", "concat_ws", "nvl", "isnull", "len", "char_length", "ucase", "lcase",
        "strpos", "position", "charindex", "locate", "lpad", "rpad", "greatest", "least", "date_trunc", "date_part",
        "datepart", "extract", "year", "month", "day", "to_char", "date_format", "to_date", "to_timestamp", "date_add",
        "dateadd", "date_sub", "datediff", "age", "regexp_replace", "regexp_like", "convert", "try_cast",
        "array_length", "cardinality", "jsonb_array_length", "starts_with", "btrim", "chr", "ascii",
    ]) func aFunctionOfAnotherDialectIsToldWithOneThatIsRight(_ name: String) throws {
        for written in [name, name.uppercased()] {
            let error = #expect(throws: PlanError.self) {
                try bind("compute: { x: \"\(written)(serial_number, 3)\" }", to: .devices)
            }
            let problem = try #require(error?.diagnostics.first)
            #expect(problem.message == "expressions have no \(name)()")
            let advised = try #require(problem.hint?.wholeMatch(of: /write (.+)/)?.output.1)
            _ = try bind("compute: { x: \"\(advised)\" }", to: .devices)
        }
    }

    @Test func everyUnknownColumnOfAnExpressionIsTold() {
        expectProblems(
            "where: 1️⃣colr = 'x' AND 2️⃣statuss = 'y' AND upper(3️⃣modell) = 'z'",
            "1️⃣ no column 'colr'",
            "2️⃣ no column 'statuss'",
            "3️⃣ no column 'modell'"
        )
        expectProblems("where: 1️⃣colr = 'x' AND 2️⃣uper(status) = 'y'", "1️⃣ no column 'colr'", "2️⃣ no function 'uper'")
    }
}
