import Records
import Testing

/// Functions that could run for minutes, or look at the clock, whatever SQLite itself would let them do.
@Suite struct GuardedFunctionTests {
    private func value(_ expression: String, _ color: String = "x", _ status: String = "y") throws -> Value? {
        try Table.devices(["serial_number": "S1", "color": .text(color), "status": .text(status)])
            .applying("compute: { x: \"\(expression)\" }")["x"]
    }

    @Test(arguments: ["instr", "replace", "trim", "ltrim", "rtrim", "json_patch", "like", "glob"])
    func aFunctionOfTwoLongTextsIsRefused(_ function: String) throws {
        let long = String(repeating: "a", count: 500_000)
        let third = function == "replace" ? ", 'b'" : ""
        let time = ContinuousClock().measure {
            #expect {
                try value("\(function)(color, status\(third))", long, String(repeating: "a", count: 300_000) + "b")
            } throws: { error in
                (error as? Failure)?.message
                    == "compute: device S1: \(function)() of texts of 500000 and 300001 bytes takes too long"
            }
        }
        #expect(time < .seconds(10))
    }

    @Test func longTextsOfTheUsualKindPass() throws {
        let long = String(repeating: "a", count: 900_000)
        #expect(try value("instr(color, status)", long + "b", "b") == "900001")
        #expect(try value("length(replace(color, 'a', ''))", long + "b") == "1")
        #expect(try value("length(trim(color, 'a'))", long + "b") == "1")
        #expect(try value("color LIKE '%ab'", long + "b") == "1")
    }

    /// Many calls in a row that SQLite would not interrupt.
    @Test func theWatchdogHoldsBetweenFunctions() throws {
        let expression = (0..<5).map { _ in
            "max(" + Array(repeating: "length(trim(color, status))", count: 30).joined(separator: ", ") + ")"
        }.joined(separator: " + ")
        let rows = (0..<1000).map { number -> [String: Value] in
            [
                "serial_number": .text("S\(number)"), "color": .text(String(repeating: "a", count: 99_000)),
                "status": .text(String(repeating: "b", count: 999) + "a"),
            ]
        }
        let table = Table(Table.devices().schema, rows)
        let time = ContinuousClock().measure {
            #expect {
                try table.applying("compute: { x: \"\(expression)\" }")
            } throws: { error in
                (error as? Failure)?.message.hasSuffix(": the expression takes too long") == true
            }
        }
        #expect(time < .seconds(20))
    }

    @Test(arguments: [
        "date('n' || 'ow')", "datetime(color)", "time(status)", "julianday('NO' || 'W')", "unixepoch(color)",
        "strftime('%Y', color)", "unixepoch('sub' || 'sec')", "unixepoch('subsecond' || '')", "date(trim(' now '))",
        "datetime('2025-01-01', 'local' || 'time')", "datetime('2025-01-01', '+1 day', replace('_tc', '_', 'u'))",
        "strftime('%H', '2025-01-01T00:00:00Z', lower('LOCAL' || 'TIME'))", "date()||''",
    ])
    func noComputedTextReadsTheClock(_ expression: String) throws {
        if expression.hasPrefix("date()") {
            expectProblems("compute: { x: \"1️⃣\(expression)\" }", "1️⃣ date() without a date-time reads the clock")
        } else {
            #expect(try value(expression, "now", "NOW") == .null, "\(expression)")
        }
    }

    @Test(
        arguments: [
            ("date('2026-01-31', '+1 month')", "2026-03-03"), ("date('2026-01-15', 'start of month')", "2026-01-01"),
            ("date('2026-01-15', 'weekday 0')", "2026-01-18"),
            ("datetime(1767225600, 'unixepoch')", "2026-01-01 00:00:00"),
            ("date(1767225600, 'auto')", "2026-01-01"), ("unixepoch('2026-01-01T00:00:00.000Z')", "1767225600"),
            ("strftime('%d/%m/%Y', '2026-02-01')", "01/02/2026"), ("time('23:59:58')", "23:59:58"),
            ("julianday('2000-01-01')", "2451544.5"), ("date('no date')", nil), ("date(' 2026-01-01')", nil),
            ("date(2451544.5)", "2000-01-01"), ("date('2026-01-01T23:30:00+02:00')", "2026-01-01"),
            ("date('2026-01-01', '60 days')", "2026-03-02"), ("strftime('%s', '1970-01-02')", "86400"),
        ] as [(String, Value)]
    )
    func datesAreThoseOfSQLite(_ expression: String, _ expected: Value) throws {
        #expect(try value(expression) == expected)
    }

    @Test func jsonThatIsMadeByPatchIsNested() throws {
        #expect(
            try value("json_object('a', json_patch('{}', json_object('b', color, 'c', NULL)))") == #"{"a":{"b":"x"}}"#
        )
        #expect {
            try value("json_patch(color, '{}')")
        } throws: { error in
            (error as? Failure)?.message == "compute: device S1: malformed JSON"
        }
    }
}
