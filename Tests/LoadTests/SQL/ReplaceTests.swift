import Records
import Stages
import Testing

/// Mode `replace` with a key: the table is to hold exactly the new rows.
@Suite struct ReplaceTests {
    private func table(_ database: TestDatabase) async throws -> [[String?]] {
        try await database.query("SELECT id, note FROM pairs ORDER BY id")
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsThatAreGoneAreDeleted(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        #expect(try await load.load(.pairs, Batch([["1", "a"], ["2", "b"], ["3", nil]])) == LoadCounts(written: 3))
        let counts = try await load.load(.pairs, Batch([["1", "a"], ["2", "other"], ["4", "d"]]))
        #expect(counts == LoadCounts(written: 2, updated: 1, unchanged: 1, retired: 1))
        #expect(try await table(database) == [["1", "a"], ["2", "other"], ["4", "d"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsThatStayAreNotWritten(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, Batch([["1", "a"], ["2", nil], ["3", ""], ["4", "d"]]))
        try await database.watch("pairs", key: "id")
        #expect(try await load.load(.pairs, Batch([["4", "d"], ["3", ""], ["2", nil]])).retired == 1)
        #expect(try await database.touched() == ["1"])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aSecondRunWritesNothing(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, .pairs(0..<30))
        try await database.watch("pairs", key: "id")
        #expect(try await load.load(.pairs, .pairs(0..<30)) == LoadCounts(unchanged: 30))
        #expect(try await database.touched() == [])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func losingTooManyIsRefused(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader("mode: replace").load(.pairs, .pairs(0..<220))
        let refusal = try await failure {
            try await database.loader("mode: replace").load(.pairs, .pairs(12..<240, note: "other"))
        }
        #expect(refusal.code == .badData)
        #expect(refusal.message.hasPrefix("refused to retire 12 of 220 rows in pairs: more than max_removed: 5%"))
        #expect(try await database.query("SELECT count(*), count(DISTINCT note) FROM pairs") == [["220", "1"]])
        let allowed = try database.loader("mode: replace, max_removed: 6%")
        #expect(
            try await allowed.load(.pairs, .pairs(12..<221)) == LoadCounts(written: 1, unchanged: 208, retired: 12)
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func tenRowsMayAlwaysGo(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, .pairs(0..<11))
        #expect(try await load.load(.pairs, .pairs(10..<11)) == LoadCounts(unchanged: 1, retired: 10))
        try await load.load(.pairs, .pairs(0..<12))
        await #expect(throws: Failure.self) { try await load.load(.pairs, .pairs(11..<12)) }
        #expect(try await table(database).count == 12)
    }

    @Test(arguments: TestDatabase.Kind.allCases, [true, false])
    func theLastRowStaysUnlessAllMayGo(kind: TestDatabase.Kind, isKeyed: Bool) async throws {
        let database = try await TestDatabase(kind)
        let schema = Schema("pairs", "", key: isKeyed ? ["id"] : [], Schema.pairs.fields)
        let load = try database.loader("mode: replace, max_removed: 99%")
        #expect(try await load.load(schema) == LoadCounts())
        try await load.load(schema, .pairs(0..<8))
        let refusal = try await failure { try await load.load(schema) }
        #expect(refusal.code == .badData)
        #expect(refusal.message == "refused to empty pairs, which has 8 rows; nothing was changed")
        #expect(try await table(database).count == 8)
        try await database.loader("mode: replace, max_removed: 100%").load(schema)
        #expect(try await table(database).isEmpty)
    }

    /// Reading all new rows for each old one would take minutes.
    @Test(.timeLimit(.minutes(1)), arguments: TestDatabase.Kind.allCases)
    func manyRowsTakeNoTime(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, .pairs(0..<60_000))
        #expect(
            try await load.load(.pairs, .pairs(1..<60_000)) == LoadCounts(unchanged: 59_999, retired: 1)
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsWithoutAKeyThatStayAreNotWritten(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let schema = Schema(.rejects, "", key: [], Schema.pairs.fields)
        let before = Batch([
            ["1", "a"], ["1", "a"], ["2", nil], ["3", ""], ["4", "'"], ["5", "x"], ["6", "y, z"],
        ])
        #expect(try await database.loader().load(schema, before) == LoadCounts(written: 7))
        try await database.watch("rejects", key: "id")
        let after = Batch([["3", ""], ["1", "a"], ["4", "'"], ["2", nil], ["5", nil], ["6", "y, z"], ["7", "'"]])
        #expect(
            try await database.loader().load(schema, after) == LoadCounts(written: 3, unchanged: 4, retired: 3)
        )
        #expect(Set(try await database.touched()) == ["1", "5", "7"])
        let rows = try await database.query("SELECT id, note FROM rejects ORDER BY id")
        #expect(rows == [["1", "a"], ["2", nil], ["3", ""], ["4", "'"], ["5", nil], ["6", "y, z"], ["7", "'"]])
    }

    /// Looking at each old row for each new one would take minutes.
    @Test(.timeLimit(.minutes(1)), arguments: TestDatabase.Kind.allCases)
    func manyRowsWithoutAKeyTakeNoTime(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let schema = Schema(.rejects, "", key: [], Schema.pairs.fields)
        try await database.loader().load(schema, .pairs(0..<60_000))
        #expect(
            try await database.loader().load(schema, .pairs(1..<60_000)) == LoadCounts(unchanged: 59_999, retired: 1)
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func refusedValuesMayAllGo(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let schema = Schema(.rejects, "", key: [], Schema.pairs.fields)
        try await database.loader().load(schema, .pairs(0..<8))
        #expect(try await database.loader().load(schema) == LoadCounts(retired: 8))
        #expect(try await database.query("SELECT count(*) FROM rejects") == [["0"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aTableThatLacksTheKeyIsRefused(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (id text NOT NULL, note text, owner text)")
        try await database.query("INSERT INTO pairs VALUES ('1', 'old', 'Ann')")
        let load = try database.loader("mode: replace")
        let refusal = try await failure { try await load.load(.pairs, Batch([["1", "new"]])) }
        #expect(refusal.message == "table pairs does not fit: it may contain one id twice")
        #expect(try await database.query("SELECT * FROM pairs") == [["1", "old", "Ann"]])
        try await database.follow(refusal)
        #expect(try await load.load(.pairs, Batch([["1", "new"]])) == LoadCounts(written: 1, updated: 1))
        #expect(try await database.query("SELECT * FROM pairs") == [["1", "new", "Ann"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func columnsOfOthersAreNotEmptied(kind: TestDatabase.Kind) async throws
    {
        let database = try await TestDatabase(kind)
        let number = kind == .sqlite ? "INTEGER PRIMARY KEY" : "serial PRIMARY KEY"
        let identity = kind == .sqlite ? "int DEFAULT 7" : "int GENERATED BY DEFAULT AS IDENTITY"
        let length = "int GENERATED ALWAYS AS (length(id)) STORED"
        try await database.query(
            """
            CREATE TABLE pairs (number \(number), id text, note text, op text DEFAULT '==', more \(identity),
                size \(length))
            """
        )
        let keyless = Schema("pairs", "", key: [], Schema.pairs.fields)
        #expect(try await database.loader().load(keyless, .pairs(0..<2)) == LoadCounts(written: 2))
        try await database.query("ALTER TABLE pairs ADD COLUMN owner text")
        try await database.query("UPDATE pairs SET owner = 'Ann'")
        let refusal = try await failure { try await database.loader().load(keyless, .pairs(0..<3)) }
        #expect(
            refusal.message == """
                table pairs does not fit: rows without a key would empty its owner each time they change (name the \
                columns that tell them apart with `key:`)
                """
        )
        #expect(try await database.query("SELECT count(owner) FROM pairs") == [["2"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["keep", "delete"])
    func devicesThatLeftAreLeftOut(kind: TestDatabase.Kind, removed: String) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace, removed: \(removed)")
        try await load.load(.pairs, Batch([["1", "a"], ["2", "b"]]))
        let gone = Batch([["2", "b"], ["3", "c"]], isRemoved: true)
        #expect(
            try await load.load(.pairs, Batch([["1", "a"]]), gone)
                == LoadCounts(unchanged: 1, retired: 1, filtered: 2)
        )
        #expect(try await table(database) == [["1", "a"]])
    }

    private static func devices(_ numbers: Range<Int>, removed: Bool = false) -> Batch {
        Batch(
            numbers.map { [.text("SN\(1000 + $0)"), "RED", .moment(60), removed ? .moment(120) : nil] },
            isRemoved: removed
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func markedDevicesStayAndAreGuarded(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.fleet, Self.devices(0..<100))
        // Of three, two are marked and one is gone altogether.
        let counts = try await load.load(.fleet, Self.devices(3..<100), Self.devices(1..<3, removed: true))
        #expect(counts == LoadCounts(unchanged: 97, retired: 3))
        await #expect(throws: Failure.self) {
            try await load.load(.fleet, Self.devices(14..<100), Self.devices(1..<14, removed: true))
        }
        #expect(try await database.query("SELECT count(*), count(removed_at) FROM fleet") == [["99", "2"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func keysAreChecked(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, Batch([["1", "a"]]))
        let repeated = try await failure { try await load.load(.pairs, Batch([["2", "b"], ["2", "c"]])) }
        #expect(repeated.message.contains("repeat their key (id): 2"))
        let missing = try await failure { try await load.load(.pairs, Batch([[nil, "b"]])) }
        #expect(missing.message == "1 row for pairs has no id; nothing was loaded")
        #expect(try await table(database) == [["1", "a"]])
    }

    @Test func whatCannotBeIsAProblemOfThePlan() throws {
        let keyless = Schema("notes", "", key: [], [Field("note", .text, "")])
        for stage in ["sqlite: { file: a.sqlite, ", "postgres: { url: 'postgresql:///x', "] {
            #expect(
                try problems("\(stage)mode: merge }", in: keyless)
                    == [
                        "1:1 mode: merge needs rows with a key, and these have none; name the columns of a key with `key:`"
                    ]
            )
            #expect(try problems("\(stage)mode: replace }", in: keyless).isEmpty)
            let refused = ["1:1 only: works only with mode: replace; remove `only:`, or set mode: replace"]
            #expect(try problems("\(stage)only: 'id > 0' }") == refused)
            #expect(try problems("\(stage)mode: merge, only: 'id > 0' }") == refused)
            #expect(try problems("\(stage)mode: merge, only: 'mac > 0' }", in: .allowlist) == refused)
            #expect(try problems("\(stage)mode: replace, only: 'id > 0' }").isEmpty)
            #expect(try problems("\(stage)only: 'note > 0' }", in: keyless).isEmpty)
            #expect(try problems("\(stage)only: 'mac > 0' }", in: .allowlist).isEmpty)
        }
    }
}
