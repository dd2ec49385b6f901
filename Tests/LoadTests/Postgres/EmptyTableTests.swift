import Records
import Stages
import Testing

@testable import Load

/// Rows for a table without rows go straight into it, and nobody can tell the difference.
@Suite struct EmptyTableTests {
    /// Which way the next load takes.
    private func way(
        _ database: TestDatabase,
        _ schema: Schema = .fleet,
        _ settings: String = "",
        in context: LoadContext = context
    ) async throws -> PostgresCopy.Way {
        let loader = try #require(try database.loader(settings) as? Postgres)
        let handle = try PostgresHandle(loader.url, hiding: context.secrets)
        defer { handle.abandon() }
        return try loader.target(schema, context).begin(handle).way
    }

    @Test func aMissingTableAndAnEmptyOneOfOursAreFilled() async throws {
        let database = try await TestDatabase(.postgres)
        #expect(try await way(database) == .table)
        #expect(try await database.query("SELECT to_regclass('fleet')") == [[nil]], "it left a table behind")
        try await database.loader().load(.fleet)
        #expect(try await way(database) == .table)
        try await database.loader().load(.fleet, Batch([["A", "RED", .moment(0), nil]]))
        #expect(try await way(database) == .staging)
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
        "CREATE TABLE part (LIKE fleet); ALTER TABLE part INHERIT fleet; INSERT INTO part VALUES ('A')",
    ]) func rowsOfATableWithRulesOfItsOwnerAreStaged(change: String) async throws {
        let database = try await TestDatabase(.postgres)
        try await database.loader().load(.fleet)
        try await database.query(change)
        #expect(try await way(database) == .staging)
    }

    @Test(arguments: ["history: true", "mode: append", #"only: "color <> 'GOLD'", mode: replace"#])
    func loadsThatDoMoreThanAddRowsStage(settings: String) async throws {
        #expect(try await way(try await TestDatabase(.postgres), .fleet, settings) == .staging)
    }

    @Test func aRehearsalStages() async throws {
        let database = try await TestDatabase(.postgres)
        #expect(try await way(database, in: context.rehearsing) == .staging)
    }

    @Test func aSecondLoadStagesWhileTheFirstFills() async throws {
        let database = try await TestDatabase(.postgres)
        var first = try await database.loader().open(.pairs, context)
        var second = try await database.loader().open(.pairs, context)
        try await first.write(.pairs(0..<3))
        try await second.write(.pairs(2..<5, note: "other"))
        #expect(try await first.commit().written == 3)
        #expect(try await second.commit().written == 3)
        #expect(try await database.query("SELECT count(*) FROM pairs WHERE note = 'other'") == [["3"]])
    }

    @Test(arguments: ["mark", "delete", "keep"]) func devicesThatLeftCountAsInAnyTable(removed: String) async throws {
        let rows = [
            Batch([["A", "RED", .moment(0), nil]]),
            Batch([["B", "RED", .moment(0), .moment(9)], ["C", "RED", .moment(0), .moment(9)]], isRemoved: true),
        ]
        let filled = try await TestDatabase(.postgres)
        let staged = try await TestDatabase(.postgres)
        try await staged.loader().load(.fleet)
        try await staged.query("CREATE RULE r AS ON DELETE TO fleet WHERE false DO ALSO NOTHING")
        for mode in ["merge", "replace"] {
            let settings = "removed: \(removed), mode: \(mode)"
            #expect(try await way(filled, .fleet, settings) == .table)
            #expect(try await way(staged, .fleet, settings) == .staging)
            let counts = try await filled.loader(settings).load(.fleet, rows[0], rows[1])
            #expect(try await staged.loader(settings).load(.fleet, rows[0], rows[1]) == counts)
            let all = "SELECT * FROM fleet ORDER BY 1"
            #expect(try await filled.query(all) == staged.query(all))
            for database in [filled, staged] { try await database.query("TRUNCATE fleet") }
        }
    }

    @Test(arguments: [["A", "A"], ["A", nil]] as [[String?]])
    func aBadKeyIsRefusedInTheSameWords(keys: [String?]) async throws {
        let rows = Batch(keys.map { [$0.map { .text($0) } ?? .null, "x"] })
        var messages: [String] = []
        for rule in [nil, "CREATE RULE r AS ON DELETE TO pairs WHERE false DO ALSO NOTHING"] {
            let database = try await TestDatabase(.postgres)
            if let rule {
                try await database.loader().load(.pairs)
                try await database.query(rule)
            }
            let refusal = await #expect(throws: Failure.self) { try await database.loader().load(.pairs, rows) }
            messages.append("\(refusal?.message.replacing("1 row for pairs", with: "a row for pairs") ?? "")")
            #expect(refusal?.advice != nil)
            #expect(try await database.query("SELECT to_regclass('pairs')") == [[rule.map { _ in "pairs" }]])
        }
        #expect(messages[0] == messages[1])
    }

    @Test func anEmptyAllowlistIsNotPublished() async throws {
        let database = try await TestDatabase(.postgres)
        await #expect(throws: Failure.self) { try await database.loader().load(.allowlist) }
        #expect(try await database.query("SELECT to_regclass('allowed')") == [[nil]])
        #expect(try await database.loader().load(.allowlist, .addresses(0..<3)).written == 3)
    }

    @Test func aLoadThatIsGivenUpLeavesNothing() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.loader().abandon(.pairs, .pairs(0..<3000))
        #expect(try await database.query("SELECT to_regclass('pairs')") == [[nil]])
        #expect(try await database.loader().load(.pairs, .pairs(0..<3)).written == 3)
    }
}
