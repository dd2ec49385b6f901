import Records
import Stages
import Testing

/// What expressions know of the time of the run.
@Suite struct RunMomentTests {
    private let table = Table.devices(
        ["serial_number": "S1", "ordered_at": .timestamp("2026-06-30T23:59:59.999Z"), "color": "RED"],
        ["serial_number": "S2", "ordered_at": .timestamp("2026-07-01T00:00:00Z")],
        ["serial_number": "S3"]
    )
    private let moment = "2026-07-31T23:30:00.123Z"

    @Test(arguments: [
        ("ordered_at >= date(run_date, '-30 days')", ["S2"]), ("ordered_at < date(run_date, 'start of month')", ["S1"]),
        ("run_date = '2026-07-31'", ["S1", "S2", "S3"]), ("run_time = '2026-07-31T23:30:00.123Z'", ["S1", "S2", "S3"]),
        ("julianday(run_date) - julianday(date(ordered_at)) = 30", ["S2"]),
        ("RUN_DATE < run_time", ["S1", "S2", "S3"]),
        ("ordered_at < run_date AND color = 'RED'", ["S1"]), ("run_date IS NULL", []),
        ("batch.run_date = \"run_date\" AND color IS NULL", ["S2", "S3"]),
        ("CAST(strftime('%Y', run_time) AS INTEGER) = 2026", ["S1", "S2", "S3"]), ("run_date", ["S1", "S2", "S3"]),
    ])
    func conditionsSeeIt(_ expression: String, _ expected: [String]) throws {
        let left = try table.applying("where: '\(expression.replacing("'", with: "''"))'", startedAt: moment)
        #expect(left.column("serial_number") == expected.map { .text($0) }, "\(expression)")
    }

    @Test func aNameAloneIsADateOrAMoment() throws {
        let yaml = """
            compute: { first: "'a' || color", day: run_date, at: run_time, last: "run_date || ' ' || color", run_date: RUN_DATE }
            """
        let rows = try table.applying(yaml, startedAt: moment)
        #expect(rows.column("day") == Array(repeating: .date("2026-07-31"), count: 3))
        #expect(rows.column("at") == Array(repeating: .timestamp(moment), count: 3))
        #expect(rows.column("run_date") == rows.column("day"))
        #expect(rows.column("first") == ["aRED", nil, nil] && rows.column("last") == ["2026-07-31 RED", nil, nil])
        #expect(rows.type("day") == .date && rows.type("at") == .timestamp && rows.type("last") == .text)
        let selected = try table.applying("select: { at: run_time, serial: serial_number }", startedAt: moment)
        #expect(selected.column("serial") == ["S1", "S2", "S3"] && selected["at", 2] == .timestamp(moment))
    }

    @Test func itIsNoColumnOfTheRows() throws {
        expectProblems(
            "select: [1️⃣run_date]",
            "1️⃣ no column 'run_date'; expressions know it: write `compute: { run_date: run_date }`"
        )
        let rows = try table.applying("compute: { x: run_date }", startedAt: moment)
        #expect(rows.schema.index(of: "run_date") == nil && rows.schema.index(of: "run_time") == nil)
    }

    @Test func whatTheAdviceSaysWorks() throws {
        let rows = try table.applying("compute: { run_date: run_date }", startedAt: moment).applying(
            "select: [run_date]"
        )
        #expect(rows.column("run_date") == Array(repeating: .date("2026-07-31"), count: 3))
        for condition in ["ordered_at < date(run_time)", "ordered_at < datetime(run_time, '-1 day')"] {
            _ = try table.applying("where: \"\(condition)\"")
        }
    }

    @Test func aColumnHidesIt() throws {
        let rows = try table.applying("compute: { Run_Date: color }", startedAt: moment)
        #expect(try rows.applying("where: run_date = 'RED'", startedAt: moment).column("serial_number") == ["S1"])
        #expect(try rows.applying("where: run_time > '2026'", startedAt: moment).batch.count == 3)
    }

    @Test func aSlipIsToldWithTheName() {
        expectProblems("where: ordered_at < 1️⃣run_dat", "1️⃣ no column 'run_dat'; did you mean 'run_date'?")
    }
}
