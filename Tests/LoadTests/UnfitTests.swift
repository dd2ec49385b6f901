import Records
import Stages
import Testing

/// Values that a column of somebody's own has no room for.
@Suite struct UnfitTests {
    private let database: TestDatabase
    init() async throws { database = try await TestDatabase(.postgres) }

    private static let devices = Schema(
        "things",
        "",
        key: ["serial_number"],
        [
            Field("serial_number", .text, ""), Field("note", .text, ""), Field("size", .integer, ""),
            Field("share", .real, ""), Field("imeis", .textList, ""),
        ]
    )

    private func makeTable(_ serial: String = "varchar(5)") async throws {
        try await database.query(
            """
            CREATE DOMAIN short AS varchar(3);
            CREATE TABLE things (serial_number \(serial) PRIMARY KEY, note short, size int, share numeric(4,2),
                imeis varchar(4)[])
            """
        )
    }

    private static let fitting: [TestValue] = ["A", "abc", 2_147_483_647, 99.99, #"["1234",null]"#]
    private static let unfitting: [[TestValue]] = [
        ["B", "abcd", 1, 1.0, #"["1"]"#], ["C", "abc ", 2_147_483_648, 99.996, #"["1","12345"]"#],
    ]

    @Test func theyAreRefusedByName() async throws {
        try await makeTable()
        let rows = [Self.fitting] + Self.unfitting
        let refusal = try await failure { try await database.loader().load(Self.devices, Batch(rows)) }
        #expect(refusal.code == .badData)
        #expect(
            refusal.message == """
                values do not fit table things: note is short, but 2 values do not fit (serial_number B, C); \
                size is integer, but 1 value does not fit (serial_number C); \
                share is numeric(4,2), but 1 value does not fit (serial_number C); \
                imeis is character varying(4)[], but 1 value does not fit (serial_number C); nothing was changed
                """
        )
        #expect(
            refusal.advice?.hasPrefix("set unfit: quarantine to load the rows without these values, or run: ALTER")
                == true
        )
        #expect(try await database.query("SELECT count(*) FROM things") == [["0"]])
        try await database.follow(refusal)
        #expect(try await database.loader().load(Self.devices, Batch(rows)) == LoadCounts(written: 3))
    }

    @Test func atMostThreeExamplesAreNamed() async throws {
        try await makeTable()
        let rows = (1...5).map { [.text("\($0)"), "abcd", 1, nil, nil] as [TestValue] }
        let refusal = try await failure { try await database.loader().load(Self.devices, Batch(rows)) }
        #expect(refusal.message.contains("5 values do not fit (serial_number 1, 2, 3 and others)"))
    }

    @Test func quarantinedOnesAreNullAndListed() async throws {
        try await makeTable()
        let load = try database.loader("unfit: quarantine")
        let rows = [Self.fitting] + Self.unfitting
        let first = try await load.load(Self.devices, Batch(rows))
        #expect((first.written, first.unchanged) == (3, 0))
        #expect(
            first.rejects.map { [$0.serialNumber, $0.column, $0.value, $0.reason.rawValue, $0.stage] } == [
                ["B", "note", "abcd", "does_not_fit", "postgres"], ["C", "note", "abc ", "does_not_fit", "postgres"],
                ["C", "size", "2147483648", "does_not_fit", "postgres"],
                ["C", "share", "99.996", "does_not_fit", "postgres"],
                ["C", "imeis", "{1,12345}", "does_not_fit", "postgres"],
            ]
        )
        #expect(first.rejects.allSatisfy { $0.dataset == "things" })
        #expect(
            try await database.query("SELECT * FROM things ORDER BY 1") == [
                ["A", "abc", "2147483647", "99.99", "{1234,NULL}"], ["B", nil, "1", "1.00", "{1}"],
                ["C", nil, nil, nil, nil],
            ]
        )
        let second = try await load.load(Self.devices, Batch(rows))
        #expect((second.written, second.unchanged, second.rejects) == (0, 3, first.rejects))
    }

    @Test func tooManyAreNotOddValuesAnyMore() async throws {
        try await makeTable("text")
        let load = try database.loader("unfit: quarantine")
        func rows(_ count: Int) -> Batch {
            Batch((0..<count).map { [.text("\($0)"), "abcd", 2_147_483_648, nil, nil] })
        }
        let refusal = try await failure { try await load.load(Self.devices, rows(5001)) }
        #expect(refusal.code == .badData)
        #expect(
            refusal.message == """
                values do not fit table things: note is short, but 5001 values do not fit (serial_number 0, 1, 10 and \
                others); size is integer, but 5001 values do not fit (serial_number 0, 1, 10 and others); \
                unfit: quarantine accepts up to 10000; nothing was changed
                """
        )
        #expect(
            refusal.advice
                == #"run: ALTER TABLE "things" ALTER COLUMN "note" TYPE text, ALTER COLUMN "size" TYPE bigint;"#
        )
        #expect(try await database.query("SELECT count(*) FROM things") == [["0"]])
        #expect(try await load.load(Self.devices, rows(5000)).rejects.count == 10_000)
    }

    @Test func whatMayNotBeEmptyIsRefused() async throws {
        try await makeTable()
        try await database.query("ALTER TABLE things ALTER COLUMN note SET NOT NULL")
        let load = try database.loader("unfit: quarantine")
        let note = try await failure { try await load.load(Self.devices, Batch(Self.unfitting)) }
        #expect(
            note.message.contains(
                "note is short, but 2 values do not fit and must not be empty (serial_number B, C)"
            )
        )
        let key = try await failure { try await load.load(Self.devices, Batch([["ABCDEF", "a", 1, nil, nil]])) }
        #expect(key.message.contains("serial_number is character varying(5), but 1 value does not fit"))
        #expect(key.advice == #"run: ALTER TABLE "things" ALTER COLUMN "serial_number" TYPE text;"#)
        #expect(try await database.query("SELECT count(*) FROM things") == [["0"]])
    }

    @Test func devicesThatAreDeletedNeedNotFit() async throws {
        try await database.query(
            "CREATE TABLE fleet (serial_number text PRIMARY KEY, color varchar(3), last_seen_at timestamptz, "
                + "removed_at timestamptz)"
        )
        try await database.query("INSERT INTO fleet VALUES ('A', 'RED')")
        let gone = Batch([["A", "GREEN", .moment(0), .moment(9)]], isRemoved: true)
        #expect(
            try await database.loader("removed: delete, max_removed: 100%").load(.fleet, gone) == LoadCounts(retired: 1)
        )
    }

    @Test func theHistoryHasTheSameValues() async throws {
        try await makeTable()
        let load = try database.loader("unfit: quarantine, history: true")
        for number in 1...2 as ClosedRange<Int64> {
            _ = try await load.load(Self.devices, Batch([Self.fitting] + Self.unfitting), in: night(number))
        }
        #expect(try await database.query("SELECT count(*), count(note) FROM things_history") == [["3", "1"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aCheckThatFailsIsExplained(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (id text PRIMARY KEY, note text CHECK (length(note) < 4))")
        let refusal = try await failure {
            try await database.loader().load(.pairs, Batch([["1", "abc"], ["2", "abcd"]]))
        }
        #expect(refusal.code == .destinationFailed)
        let rule =
            kind == .sqlite
            ? "it does not meet the check constraint length(note) < 4"
            : "note does not meet the check constraint pairs_note_check; it has note abcd"
        #expect(refusal.message == "table pairs does not accept the row of id 2: \(rule); nothing was changed")
        #expect(refusal.advice?.hasPrefix("exclude such rows with `where:`") == true)
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["0"]])
    }

    private static let things = Schema(
        "things",
        "",
        key: ["serial_number"],
        [
            Field("serial_number", .text, ""), Field("at", .timestamp, ""), Field("size", .integer, ""),
            Field("share", .real, ""),
        ]
    )

    /// What the server would round without a word.
    @Test func nothingIsRounded() async throws {
        try await database.query(
            """
            CREATE DOMAIN tenth AS numeric(3,1);
            CREATE TABLE things (serial_number text PRIMARY KEY, at timestamptz(0), size smallint, share tenth)
            """
        )
        let (whole, half) = (TestValue.moment(60), Cell.timestamp(60_500_000))
        var rows = Batch([["A", whole, -32_768, 99.9], ["B", whole, 32_768, 0.25], ["C", whole, nil, -99.96]])
        rows[1, 2] = half
        let refusal = try await failure { try await database.loader().load(Self.things, rows) }
        #expect(
            refusal.message == """
                values do not fit table things: at is timestamp(0) with time zone, but 1 value does not fit \
                (serial_number C); size is smallint, but 1 value does not fit (serial_number B); share is tenth, but \
                2 values do not fit (serial_number B, C); nothing was changed
                """
        )
        let load = try database.loader("unfit: quarantine")
        let counts = try await load.load(Self.things, rows)
        #expect(
            counts.rejects.map { [$0.serialNumber, $0.column, $0.value] } == [
                ["C", "at", "1970-01-01 00:01:00.5+00"], ["B", "size", "32768"], ["B", "share", "0.25"],
                ["C", "share", "-99.96"],
            ]
        )
        #expect(
            try await database.query("SELECT * FROM things ORDER BY 1") == [
                ["A", "1970-01-01 00:01:00+00", "-32768", "99.9"], ["B", "1970-01-01 00:01:00+00", nil, nil],
                ["C", nil, nil, nil],
            ]
        )
        #expect(try await load.load(Self.things, rows).unchanged == 3)
        // With the types that the refusal names they all have room.
        try await database.follow(refusal)
        #expect(try await database.loader().load(Self.things, rows) == LoadCounts(written: 2, updated: 2, unchanged: 1))
        #expect(
            try await database.query("SELECT at, size, share FROM things WHERE serial_number = 'C'")
                == [["1970-01-01 00:01:00.5+00", nil, "-99.96"]]
        )
    }

    /// Moments come by the millisecond.
    @Test(arguments: [(0, 1_000_000), (1, 100_000), (3, 1_000), (6, 1)])
    func momentsFitByTheirDigits(digits: Int, unit: Int64) async throws {
        try await database.query(
            "CREATE TABLE things (serial_number text PRIMARY KEY, at timestamptz(\(digits)), size int, share float8)"
        )
        let steps: [Int64] = [0, 1_000_000, 1_000, 300_000, 250_000]
        var rows = Batch(steps.indices.map { [.text("\($0)"), nil, nil, nil] })
        for (index, step) in steps.enumerated() { rows[1, index] = .timestamp(step) }
        let fitting = steps.filter { $0 % unit == 0 }
        let counts = try await database.loader("unfit: quarantine").load(Self.things, rows)
        #expect(counts.rejects.count == steps.count - fitting.count)
        let found = try await database.query(
            "SELECT (extract(epoch FROM at) * 1000000)::bigint FROM things WHERE at IS NOT NULL ORDER BY 1"
        )
        #expect(found.map { $0[0] } == fitting.sorted().map { "\($0)" })
    }

    @Test func aColumnThatAViewReadsIsNoPlaceForAStatement() async throws {
        try await database.query(
            "CREATE TABLE pairs (id text PRIMARY KEY, note varchar(3)); CREATE VIEW notes AS SELECT note FROM pairs"
        )
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "four"]])) }
        #expect(refusal.advice?.contains("ALTER") == false)
    }
}
