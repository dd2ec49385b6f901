import Records
import Stages
import Testing

/// Columns of somebody's own that may not be empty and that nothing fills.
@Suite struct UnfilledColumnsTests {
    private let database: TestDatabase
    init() async throws { database = try await TestDatabase(.postgres) }

    @Test func columnsThatNothingFillsAreNamed() async throws {
        try await database.query(
            """
            CREATE TABLE pairs (id text PRIMARY KEY, note text NOT NULL, site text NOT NULL, "Cost" int NOT NULL,
                number bigint GENERATED ALWAYS AS IDENTITY, state text NOT NULL DEFAULT 'new', room text)
            """
        )
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "one"]])) }
        let advice = try #require(refusal.advice)
        #expect(advice.hasPrefix("let the owner give a default to Cost, site, or run: "), "\(refusal)")
        // What the rows bring themselves is another matter.
        try await database.query("ALTER TABLE pairs ALTER site SET DEFAULT 'x', ALTER \"Cost\" SET DEFAULT 1")
        let empty = try await failure { try await database.loader().load(.pairs, Batch([["1", nil]])) }
        #expect(
            empty.message
                == "table pairs does not accept the row of id 1: it has no note, which must not be empty; nothing was changed"
        )
        #expect(try await database.loader().load(.pairs, Batch([["1", "one"]])).written == 1)
        try await database.query("ALTER TABLE pairs ALTER site DROP DEFAULT, ALTER \"Cost\" DROP DEFAULT")
        try await database.follow(refusal)
        #expect(try await database.loader().load(.pairs, Batch([["2", "two"]])).written == 1)
    }

    @Test(arguments: [
        """
        CREATE DOMAIN place AS text NOT NULL DEFAULT 'x';
        CREATE TABLE pairs (id text, note text, site place)
        """,
        """
        CREATE TABLE pairs (id text, note text, site text NOT NULL);
        CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.site := 'x'; RETURN new; END $$;
        CREATE TRIGGER fill BEFORE INSERT ON pairs FOR EACH ROW EXECUTE FUNCTION fill()
        """,
    ])
    func whatTheDatabaseFillsIsNoObstacle(table: String) async throws {
        try await database.query(table)
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "one"]])) }
        #expect(refusal.message == "table pairs does not fit: it may contain one id twice")
        try await database.follow(refusal)
        #expect(try await database.loader().load(.pairs, Batch([["1", "one"]])).written == 1)
    }

    @Test func aPartOfAnotherKeyCannotGoWithout() async throws {
        try await database.query("CREATE TABLE pairs (site text, id text UNIQUE, note text, PRIMARY KEY (site, id))")
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "one"]])) }
        #expect(refusal.advice == "let the owner give a default to site")
    }

    @Test func whatAHistoryFillsItselfIsNotNamed() async throws {
        let load = try database.loader("history: true")
        try await load.load(.pairs, Batch([["1", "one"]]))
        try await database.query("ALTER TABLE pairs ADD site text; UPDATE pairs SET site = 'x'")
        try await database.query("ALTER TABLE pairs ALTER site SET NOT NULL")
        let refusal = try await failure { try await load.load(.pairs, Batch([["1", "one"], ["2", "two"]])) }
        #expect(
            refusal.advice
                == #"let the owner give a default to site, or run: ALTER TABLE "pairs" ALTER COLUMN site DROP NOT NULL;"#
        )
    }
}
