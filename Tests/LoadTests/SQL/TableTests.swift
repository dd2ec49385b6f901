import Records
import Stages
import Testing

/// What every database does with a table.
@Suite struct TableTests {
    private static func device(_ serial: String, _ color: TestValue, seen: Int64) -> [TestValue] {
        [.text(serial), color, .moment(seen), nil]
    }

    @Test(arguments: TestDatabase.Kind.allCases) func bookkeepingAloneIsNoChange(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader().load(
            .fleet,
            Batch([Self.device("A", "RED", seen: 0), Self.device("B", "RED", seen: 0)])
        )
        let counts = try await database.loader()
            .load(.fleet, Batch([Self.device("A", "RED", seen: 86_400), Self.device("B", "BLUE", seen: 86_400)]))
        #expect(counts == LoadCounts(written: 1, updated: 1, unchanged: 1))
        let seen = try await database.query(
            "SELECT serial_number FROM fleet WHERE last_seen_at > '1970-01-01T12:00:00Z'"
        )
        #expect(seen == [["B"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aValueMayBecomeNullAndBack(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        for color in ["RED", nil, nil, "RED"] as [TestValue] {
            try await database.loader().load(.fleet, Batch([Self.device("A", color, seen: 0)]))
        }
        #expect(try await database.query("SELECT color FROM fleet") == [["RED"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func columnsOfOthersAreNotTouched(kind: TestDatabase.Kind) async throws
    {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (owner text DEFAULT 'IT', note text, id text PRIMARY KEY)")
        try await database.query("INSERT INTO pairs VALUES ('Ann', 'old', '1')")
        #expect(
            try await database.loader().load(.pairs, Batch([["1", "new"], ["2", "two"]]))
                == LoadCounts(written: 2, updated: 1)
        )
        #expect(
            try await database.query("SELECT * FROM pairs ORDER BY id") == [["Ann", "new", "1"], ["IT", "two", "2"]]
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsOutsideTheInputStay(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.pairs, Batch([["1", "one"], ["2", "two"]]))
        #expect(try await database.loader().load(.pairs, Batch([["2", "two"]])) == LoadCounts(unchanged: 1))
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["2"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsWithoutAKeyReplaceTheContents(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let schema = Schema(
            "notes",
            "",
            key: [],
            [Field("note", .text, ""), Field("at", .timestamp, as: .bookkeeping, "")]
        )
        let rows: [[TestValue]] = [["a", .moment(1)], ["a", .moment(1)], [nil, .moment(1)]]
        #expect(try await database.loader().load(schema, Batch(rows)) == LoadCounts(written: 3))
        let later = rows.reversed().map { [$0[0], TestValue.moment(2)] }
        #expect(try await database.loader().load(schema, Batch(later)) == LoadCounts(unchanged: 3))
        // Equal rows cannot be told apart: if their number changes, all of them are written again.
        let others: [[TestValue]] = [["a", .moment(1)], [nil, .moment(1)], [nil, .moment(1)]]
        #expect(try await database.loader().load(schema, Batch(others)) == LoadCounts(written: 3, retired: 3))
        #expect(try await database.query("SELECT note FROM notes ORDER BY note").filter { $0 == [nil] }.count == 2)
        #expect(try await database.loader("max_removed: 100%").load(schema) == LoadCounts(retired: 3))
        #expect(try await database.query("SELECT count(*) FROM notes") == [["0"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aListThatLostItsKeyDoesNotShrinkUnseen(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let schema = Schema("allowed", "", key: ["serial_number"], [Field("mac", .text, "")])
        try await database.loader().load(schema, Batch((0..<40).map { [.text("\($0)")] }))
        let refusal = try await failure {
            try await database.loader().load(schema, Batch((0..<20).map { [.text("\($0)")] }))
        }
        #expect(refusal.code == .badData)
        #expect(try await database.query("SELECT count(*) FROM allowed") == [["40"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aKeyMayHaveSeveralColumns(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let schema = Schema("parts", "", key: ["b", "a"], [Field("a", .text, ""), Field("b", .integer, "")])
        #expect(try await database.loader().load(schema, Batch([["x", 1], ["x", 2]])) == LoadCounts(written: 2))
        #expect(
            try await database.loader().load(schema, Batch([["x", 2], ["y", 2]]))
                == LoadCounts(written: 1, unchanged: 1)
        )
        let refusal = try await failure { try await database.loader().load(schema, Batch([["z", 7], ["z", 7]])) }
        #expect(refusal.message.contains("(b, a): 7 / z"))
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aRowWithoutItsKeyIsRefused(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([[nil, "one"]])) }
        #expect(refusal.code == .badData)
        #expect(refusal.message == "a row for pairs has no id; nothing was loaded")
    }

    @Test(arguments: TestDatabase.Kind.allCases) func namesAreQuoted(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let schema = Schema(
            "order",
            "it's",
            key: ["select"],
            [Field("select", .text, "'"), Field("a \"b\"", .text, "--\n;")]
        )
        try await database.loader("table: Group").load(schema, Batch([["1", "x"]]))
        let counts = try await database.loader("table: Group").load(schema, Batch([["1", "y"]]))
        #expect(counts == LoadCounts(written: 1, updated: 1))
        #expect(try await database.query(#"SELECT "select", "a ""b""" FROM "Group""#) == [["1", "y"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aTableThatDoesNotFitIsExplained(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE types (id INTEGER, share DOUBLE PRECISION)")
        let refusal = try await failure { try await database.loader().load(.types) }
        #expect(refusal.code == .destinationFailed)
        let (declared, text) = kind == .sqlite ? ("INTEGER", "TEXT") : ("integer", "text")
        #expect(refusal.message.contains(", column id is \(declared), not \(text), "))
        #expect(refusal.message.contains("it lacks 7 columns: size, is_new, seen_at, "))
        #expect(refusal.message.contains("it may contain one id twice"))
        let advice = try #require(refusal.advice)
        switch kind {
        // SQLite cannot change the type of a column.
        case .sqlite: #expect(advice == "load into another table")
        case .postgres:
            #expect(
                advice.hasPrefix("load into another table, or set `migrate: true` and run: ALTER TABLE"),
                "\(advice)"
            )
        }
        #expect(try await database.query("SELECT count(*) FROM types") == [["0"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func theAdviceHelps(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (id text)")
        // The name that the index would have is taken.
        try await database.query("CREATE INDEX pairs_key ON pairs (id)")
        let refusal = try await failure { try await database.loader().load(.pairs) }
        #expect(refusal.message == "table pairs does not fit: it has no column note, it may contain one id twice")
        #expect(
            refusal.advice?.hasPrefix("load into another table, or set `migrate: true` and run: CREATE UNIQUE") == true
        )
        try await database.follow(refusal)
        #expect(
            try await database.loader("migrate: true").load(.pairs, Batch([["1", "one"]])) == LoadCounts(written: 1)
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases, [false, true])
    func aMissingKeyColumnComesBeforeItsIndex(kind: TestDatabase.Kind, migrates: Bool) async throws {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (site text)")
        try await database.query("INSERT INTO pairs VALUES ('x'), ('y')")
        let refusal = try await failure {
            try await database.loader(migrates ? "migrate: true" : "").load(.pairs, .pairs(0..<1))
        }
        let lack = migrates ? "" : "it lacks 2 columns: id, note, "
        #expect(refusal.message == "table pairs does not fit: \(lack)it may contain one id twice")
        let how = migrates ? "run:" : "set `migrate: true` and run:"
        let advice = try #require(refusal.advice)
        #expect(
            advice.lowercased().hasPrefix(
                "load into another table, or \(how) alter table \"pairs\" add column \"id\" text; create unique index "
            ),
            "\(advice)"
        )
        try await database.follow(refusal)
        let load = try database.loader("migrate: true")
        #expect(try await load.load(.pairs, .pairs(0..<2)) == LoadCounts(written: 2))
        #expect(try await load.load(.pairs, .pairs(0..<2)) == LoadCounts(unchanged: 2))
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["4"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["", "migrate: true", "mode: append"])
    func noStatementIsAdvisedForATableThatTakesNoRows(kind: TestDatabase.Kind, settings: String) async throws {
        let database = try await TestDatabase(kind)
        try await database.query(
            "CREATE TABLE pairs (number int PRIMARY KEY, hostname text NOT NULL, state text NOT NULL DEFAULT 'new')"
        )
        let refusal = try await failure { try await database.loader(settings).load(.pairs, .pairs(0..<1)) }
        // In SQLite, a primary key may be empty.
        let (columns, them) = kind == .sqlite ? ("hostname", "it") : ("number, hostname", "them")
        #expect(
            refusal.message.hasSuffix(
                "twice, no row can be added, because \(columns) must not be empty and nothing fills \(them)"
            ),
            "\(refusal)"
        )
        #expect(refusal.advice == "load into another table")
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsThatRepeatTheKeyAreNamed(kind: TestDatabase.Kind) async throws
    {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (id text, note text)")
        try await database.query("INSERT INTO pairs VALUES ('1', 'a'), ('2', 'b'), ('1', 'c')")
        let refusal = try await failure { try await database.loader().load(.pairs) }
        #expect(refusal.message == "table pairs does not fit: it contains one id twice (1)")
        #expect(
            refusal.advice == "delete the duplicate rows and create a unique index on id, or load into another table"
        )
    }
}
