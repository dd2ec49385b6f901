import Records
import Stages
import Testing

@testable import Load

/// Rows for a table without rows go straight into it, and nobody can tell the difference.
@Suite struct EmptyTableTests {
    /// Whether the next load writes into the table itself.
    private func fills(
        _ database: TestDatabase,
        _ schema: Schema = .fleet,
        _ settings: String = "",
        in context: LoadContext = context
    ) async throws -> Bool {
        var session = try await database.loader(settings).open(schema, context)
        let fills =
            switch session {
            case let session as PostgresSession: session.copy.way == .table
            case let session as SQLiteSession: if case .table = session.way { true } else { false }
            default: throw Failure(.usage, "expected a database")
            }
        await session.rollback()
        return fills
    }

    /// A rule of the owner that changes nothing.
    private func addRule(to table: String, _ database: TestDatabase, _ kind: TestDatabase.Kind) async throws {
        switch kind {
        case .postgres: try await database.query("CREATE RULE r AS ON DELETE TO \(table) WHERE false DO ALSO NOTHING")
        case .sqlite:
            try await database.query("CREATE TRIGGER r AFTER DELETE ON \(table) WHEN false BEGIN SELECT 1; END")
        }
    }

    private func names(_ table: String, _ database: TestDatabase, _ kind: TestDatabase.Kind) async throws -> [[String?]]
    {
        try await database.query(
            kind == .postgres
                ? "SELECT relname FROM pg_class WHERE relname = '\(table)'"
                : "SELECT name FROM sqlite_master WHERE name = '\(table)'"
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases)
    func aMissingTableAndAnEmptyOneOfOursAreFilled(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        #expect(try await fills(database))
        #expect(try await names("fleet", database, kind).isEmpty, "it left a table behind")
        try await database.loader().load(.fleet)
        #expect(try await fills(database))
        try await database.loader().load(.fleet, Batch([["A", "RED", .moment(0), nil]]))
        #expect(try await fills(database) == false)
    }

    @Test(arguments: [
        "ALTER TABLE fleet ADD COLUMN site text",
        "ALTER TABLE fleet ALTER COLUMN color TYPE varchar(20)",
        "ALTER TABLE fleet ALTER COLUMN color SET NOT NULL",
        "ALTER TABLE fleet ADD CHECK (color <> 'GOLD')",
        "CREATE UNIQUE INDEX ON fleet (color)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; "
            + "CREATE TRIGGER f BEFORE INSERT ON fleet FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE fleet ENABLE ROW LEVEL SECURITY",
        "CREATE RULE r AS ON INSERT TO fleet DO ALSO NOTHING",
        "CREATE TABLE part (LIKE fleet INCLUDING ALL); ALTER TABLE part INHERIT fleet; INSERT INTO part VALUES ('A')",
    ]) func rowsOfATableWithRulesOfItsOwnerAreStaged(change: String) async throws {
        let database = try await TestDatabase(.postgres)
        try await database.loader().load(.fleet)
        try await database.query(change)
        #expect(try await fills(database) == false)
    }

    @Test(arguments: [
        "ALTER TABLE fleet ADD COLUMN site text",
        "CREATE UNIQUE INDEX i ON fleet (color)",
        "CREATE TRIGGER t AFTER INSERT ON fleet BEGIN DELETE FROM fleet; END",
    ]) func soAreThoseOfSQLite(change: String) async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.fleet)
        try await database.query(change)
        #expect(try await fills(database) == false)
    }

    @Test(
        arguments: ["history: true", "mode: append", #"only: "color <> 'GOLD'", mode: replace"#],
        TestDatabase.Kind.allCases
    ) func loadsThatDoMoreThanAddRowsStage(settings: String, kind: TestDatabase.Kind) async throws {
        #expect(try await fills(try await TestDatabase(kind), .fleet, settings) == false)
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aRehearsalStages(kind: TestDatabase.Kind) async throws {
        #expect(try await fills(try await TestDatabase(kind), in: context.rehearsing) == false)
    }

    @Test(arguments: TestDatabase.Kind.allCases)
    func aSecondLoadStagesWhileTheFirstFills(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        var first = try await database.loader().open(.pairs, context)
        var second = try await database.loader().open(.pairs, context)
        var third = try await database.loader().open(.fleet, context)
        try await first.write(.pairs(0..<3))
        try await second.write(.pairs(2..<5, note: "other"))
        try await third.write(Batch([["A", "RED", .moment(0), nil]]))
        #expect(try await first.commit().written == 3)
        #expect(try await second.commit().written == 3)
        #expect(try await third.commit().written == 1)
        #expect(try await database.query("SELECT count(*) FROM pairs WHERE note = 'other'") == [["3"]])
        #expect(try await database.query("SELECT count(*) FROM fleet") == [["1"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases)
    func loadsIntoATableWithRowsDoNotWaitForEachOther(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.pairs, .pairs(0..<1))
        var first = try await database.loader().open(.pairs, context)
        try await first.write(.pairs(0..<3))
        #expect(try await database.loader().load(.pairs, .pairs(0..<2)).written == 1)
        #expect(try await first.commit().written == 1)
    }

    @Test(arguments: ["mark", "delete", "keep"], TestDatabase.Kind.allCases)
    func devicesThatLeftCountAsInAnyTable(removed: String, kind: TestDatabase.Kind) async throws {
        let rows = [
            Batch([["A", "RED", .moment(0), nil]]),
            Batch([["B", "RED", .moment(0), .moment(9)], ["C", "RED", .moment(0), .moment(9)]], isRemoved: true),
        ]
        let filled = try await TestDatabase(kind)
        let staged = try await TestDatabase(kind)
        try await staged.loader().load(.fleet)
        try await addRule(to: "fleet", staged, kind)
        for mode in ["merge", "replace"] {
            let settings = "removed: \(removed), mode: \(mode)"
            #expect(try await fills(filled, .fleet, settings))
            #expect(try await fills(staged, .fleet, settings) == false)
            let counts = try await filled.loader(settings).load(.fleet, rows[0], rows[1])
            #expect(try await staged.loader(settings).load(.fleet, rows[0], rows[1]) == counts)
            let all = "SELECT * FROM fleet ORDER BY 1"
            #expect(try await filled.query(all) == staged.query(all))
            for database in [filled, staged] { try await database.query("DELETE FROM fleet") }
        }
    }

    @Test(arguments: [["A", "A"], ["A", nil]] as [[String?]], TestDatabase.Kind.allCases)
    func aBadKeyIsRefusedInTheSameWords(keys: [String?], kind: TestDatabase.Kind) async throws {
        let rows = Batch(keys.map { [$0.map { .text($0) } ?? .null, "x"] })
        var messages: [String] = []
        for isStaged in [false, true] {
            let database = try await TestDatabase(kind)
            if isStaged {
                try await database.loader().load(.pairs)
                try await addRule(to: "pairs", database, kind)
            }
            let refusal = await #expect(throws: Failure.self) { try await database.loader().load(.pairs, rows) }
            messages.append(refusal?.message.replacing("1 row for pairs", with: "a row for pairs") ?? "")
            #expect(refusal?.advice != nil)
            #expect(try await names("pairs", database, kind) == (isStaged ? [["pairs"]] : []))
            // The next night has the rows in order.
            #expect(try await database.loader().load(.pairs, .pairs(0..<2)).written == 2)
        }
        #expect(messages[0] == messages[1])
    }

    @Test(arguments: TestDatabase.Kind.allCases)
    func anEmptyAllowlistIsNotPublished(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        await #expect(throws: Failure.self) { try await database.loader().load(.allowlist) }
        #expect(try await names("allowed", database, kind).isEmpty)
        #expect(try await database.loader().load(.allowlist, .addresses(0..<3)).written == 3)
    }

    @Test(arguments: TestDatabase.Kind.allCases)
    func aLoadThatIsGivenUpLeavesNothing(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader().abandon(.pairs, .pairs(0..<3000))
        #expect(try await names("pairs", database, kind).isEmpty)
        #expect(try await database.loader().load(.pairs, .pairs(0..<3)).written == 3)
    }

    @Test(arguments: TestDatabase.Kind.allCases)
    func manyBatchesArriveWhole(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        var session = try await database.loader().open(.pairs, context)
        for start in stride(from: 0, to: 20_000, by: 1000) { try await session.write(.pairs(start..<start + 1000)) }
        #expect(try await session.commit().written == 20_000)
        let found = try await database.query("SELECT count(*), count(DISTINCT id), min(id), max(id) FROM pairs")
        #expect(found == [["20000", "20000", "1000", "9999"]])
    }
}
