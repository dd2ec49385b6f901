import Records
import Stages
import Testing

/// A table that others write too: a load replaces its own part.
@Suite struct OnlyTests {
    private static let hosts = Schema(
        "hosts",
        "",
        key: ["id"],
        [Field("id", .text, ""), Field("note", .text, ""), Field("owner", .text, "")]
    )

    private static func ours(_ numbers: Range<Int>, _ note: String = "ours") -> Batch {
        Batch(numbers.map { [.text("\(1000 + $0)"), .text(note), "axport"] })
    }

    private let settings = #"mode: replace, only: "owner = 'axport'""#

    /// Three rows of ours among three of others.
    private func shared(_ kind: TestDatabase.Kind) async throws -> TestDatabase {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE hosts (id text PRIMARY KEY, note text, owner text, extra text)")
        try await database.query(
            "INSERT INTO hosts VALUES ('1', 'x', 'Ann', 'e'), ('2', 'y', NULL, NULL), ('3', 'z', '', 'f')"
        )
        try await database.loader(settings).load(Self.hosts, Self.ours(0..<3))
        return database
    }

    private func others(_ database: TestDatabase) async throws -> [[String?]] {
        try await database.query("SELECT * FROM hosts WHERE owner IS NULL OR owner <> 'axport' ORDER BY id")
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsOfOthersStay(kind: TestDatabase.Kind) async throws {
        let database = try await shared(kind)
        let before = try await others(database)
        try await database.watch("hosts", key: "id")
        let counts = try await database.loader(settings).load(Self.hosts, Self.ours(1..<2), Self.ours(2..<5, "new"))
        #expect(counts == LoadCounts(written: 3, updated: 1, unchanged: 1, retired: 1))
        #expect(try await others(database) == before)
        #expect(before.count == 3)
        #expect(try await database.touched() == ["1000", "1002", "1003", "1004"])
    }

    @Test func postgresDoesNotTouchThem() async throws {
        let database = try await shared(.postgres)
        let versions = "SELECT id, xmin, xmax, ctid FROM hosts WHERE id IN ('1', '2', '3', '1001') ORDER BY id"
        let before = try await database.query(versions)
        try await database.loader(settings).load(Self.hosts, Self.ours(1..<2), Self.ours(2..<5, "new"))
        #expect(try await database.query(versions) == before)
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aSecondRunWritesNothing(kind: TestDatabase.Kind) async throws {
        let database = try await shared(kind)
        try await database.watch("hosts", key: "id")
        #expect(try await database.loader(settings).load(Self.hosts, Self.ours(0..<3)) == LoadCounts(unchanged: 3))
        #expect(try await database.touched() == [])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func newRowsMustMeetTheCondition(kind: TestDatabase.Kind) async throws
    {
        let database = try await shared(kind)
        for owner in ["Ann", nil] as [TestValue] {
            let refusal = try await failure {
                try await database.loader(settings).load(Self.hosts, Self.ours(0..<2), Batch([["9", "a", owner]]))
            }
            #expect(refusal.code == .badData)
            #expect(refusal.message == "1 row for hosts does not meet only: owner = 'axport'; nothing was changed")
        }
        #expect(try await database.query("SELECT count(*) FROM hosts") == [["6"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aRowOfOthersIsNotTakenOver(kind: TestDatabase.Kind) async throws {
        let database = try await shared(kind)
        let refusal = try await failure {
            try await database.loader(settings)
                .load(Self.hosts, Self.ours(0..<3), Batch([["1", "mine", "axport"], ["2", "mine", "axport"]]))
        }
        #expect(refusal.code == .badData)
        #expect(
            refusal.message
                == "2 rows for hosts have the id of rows that do not meet only: owner = 'axport'; nothing was changed"
        )
        #expect(try await others(database).map { $0[1] } == ["x", "y", "z"])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func theGuardCountsOurs(kind: TestDatabase.Kind) async throws {
        let database = try await shared(kind)
        let load = try database.loader(settings)
        try await load.load(Self.hosts, Self.ours(0..<220))
        let strangers = (0..<400).map { "('x\($0)', NULL, 'Ann')" }.joined(separator: ", ")
        try await database.query("INSERT INTO hosts (id, note, owner) VALUES \(strangers)")
        let refusal = try await failure { try await load.load(Self.hosts, Self.ours(12..<220)) }
        #expect(refusal.message.hasPrefix("refused to retire 12 of 220 rows in hosts"))
        #expect(refusal.refusal == Refusal(12, of: 220, limit: "5%"))
        #expect(try await load.load(Self.hosts, Self.ours(11..<220)) == LoadCounts(unchanged: 209, retired: 11))
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["owner = 'axport' OR owner = 'old'", "owner = 'axport' -- ours"])
    func theConditionIsAWhole(kind: TestDatabase.Kind, condition: String) async throws {
        let database = try await shared(kind)
        let load = try database.loader("mode: replace, only: \"\(condition)\"")
        #expect(try await load.load(Self.hosts, Self.ours(0..<1)) == LoadCounts(unchanged: 1, retired: 2))
        #expect(try await others(database).count == 3)
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsWithoutAKeyAreExchanged(kind: TestDatabase.Kind) async throws
    {
        let database = try await shared(kind)
        var keyless = Self.hosts
        keyless.key = []
        keyless.name = "log"
        try await database.query("CREATE TABLE log (id text, note text, owner text)")
        try await database.query("INSERT INTO log VALUES ('1000', 'ours', 'Ann'), ('1', 'x', NULL)")
        let load = try database.loader(#"only: "owner = 'axport'""#)
        #expect(try await load.load(keyless, Self.ours(0..<2), Self.ours(0..<1)) == LoadCounts(written: 3))
        try await database.watch("log", key: "id")
        #expect(try await load.load(keyless, Self.ours(0..<1), Self.ours(0..<2)) == LoadCounts(unchanged: 3))
        #expect(try await database.touched() == [])
        #expect(try await load.load(keyless, Self.ours(1..<2)) == LoadCounts(unchanged: 1, retired: 2))
        #expect(
            try await database.query("SELECT id, owner FROM log ORDER BY id")
                == [["1", nil], ["1000", "Ann"], ["1001", "axport"]]
        )
    }

    /// One of SQLite's passes the check of every other expression; PostgreSQL has its own functions.
    @Test(arguments: [
        ("id IN (SELECT id FROM others)", "a query inside an expression is not allowed"),
        ("EXISTS (SELECT 1)", "a query inside an expression is not allowed"),
        ("owner IN others", "a query inside an expression is not allowed"),
        ("t.owner = 'x'", "no column 't.owner'"), ("random() = 1", "random() gives a different result each time"),
        ("note < date('now')", "'now' reads the clock"),
        ("note < current_date", "current_date reads the clock; write the date, such as '2026-01-31'"),
        ("note < date()", "date() without a date-time reads the clock; add a date-time"),
        ("load_extension('x')", "no function 'load_extension'"),
        ("count(*) > 1", "count() combines several rows"),
        ("owner = 'axport'; DROP TABLE hosts", "an expression must not contain ';'"),
        ("owner = 'axport') OR (1", "')' without '('"), ("", "expected an expression"), ("1", ""),
        (#"\"Owner\" = 'axport' AND note LIKE 'a%' AND id NOT IN ('1', '2')"#, ""), ("owner = 'axport' -- ours", ""),
    ])
    func theConditionOfSQLiteIsAnExpression(condition: String, message: String) throws {
        let load = try loader("sqlite: { file: a.sqlite, table: hosts, mode: replace, only: \"\(condition)\" }")
        do {
            try load.check(Self.hosts, at: SourceLocation(file: "test.axport.yaml", line: 1, column: 1))
            #expect(message == "")
        } catch {
            #expect(error.diagnostics.count == 1)
            #expect(!message.isEmpty && error.diagnostics[0].text.hasPrefix(message), "\(error)")
            #expect(error.diagnostics[0].location.column > 60, "\(error)")
        }
    }

    /// What `check` cannot see is bounded while the load runs.
    @Test func aComputedWordReadsNoClock() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.query("CREATE TABLE hosts (id text PRIMARY KEY, note text, owner text)")
        try await database.query("INSERT INTO hosts VALUES ('1', 'n', 'Ann')")
        let load = try database.loader("mode: replace, only: \"date(note || 'ow') IS NOT NULL OR owner = 'axport'\"")
        try await load.load(Self.hosts, Self.ours(0..<1))
        #expect(try await database.query("SELECT id FROM hosts ORDER BY id") == [["1"], ["1000"]])
    }
}
