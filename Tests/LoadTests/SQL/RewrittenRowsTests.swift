import Records
import Stages
import Testing

/// Values that a trigger changes: their rows are rewritten every night.
@Suite struct RewrittenRowsTests {
    private func changing(_ kind: TestDatabase.Kind) async throws -> TestDatabase {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.pairs)
        switch kind {
        case .postgres:
            try await database.query(
                """
                CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN new.note = upper(new.note); RETURN new; END $$;
                CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON pairs FOR EACH ROW EXECUTE FUNCTION shout()
                """
            )
        case .sqlite:
            for event in ["INSERT", "UPDATE"] {
                try await database.query(
                    """
                    CREATE TRIGGER shout_\(event) AFTER \(event) ON pairs WHEN new.note <> upper(new.note)
                    BEGIN UPDATE pairs SET note = upper(note) WHERE id = new.id; END
                    """
                )
            }
        }
        return database
    }

    private func notes(_ load: any Loader, _ schema: Schema, _ rows: Batch) async throws -> [String] {
        var session = try await load.open(schema, context)
        try await session.write(rows)
        return try await session.commit().notes
    }

    @Test(arguments: TestDatabase.Kind.allCases) func areToldAfterTheSecondNight(kind: TestDatabase.Kind) async throws {
        let database = try await changing(kind)
        let load = try database.loader()
        let rows = Batch([["1", "one"], ["2", "TWO"]])
        #expect(try await notes(load, .pairs, rows) == [])
        let told = try await notes(load, .pairs, rows)
        #expect(told.count == 1)
        #expect(
            told.first?.hasPrefix(
                "the database changed values of pairs while they were written (note in 1 row), so that these rows are written"
            ) == true
        )
        #expect(try await notes(load, .pairs, Batch([["2", "TWO"]])) == [])
        #expect(try await database.query("SELECT note FROM pairs ORDER BY id") == [["ONE"], ["TWO"]])
    }

    @Test func othersAreQuiet() async throws {
        for kind in TestDatabase.Kind.allCases {
            let database = try await TestDatabase(kind)
            let load = try database.loader()
            for note in ["a", "b", "c"] { #expect(try await notes(load, .pairs, Batch([["1", .text(note)]])) == []) }
        }
    }

    @Test func aTriggerOfAPartitionIsToldToo() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query(
            """
            CREATE TABLE pairs (id text PRIMARY KEY, note text) PARTITION BY LIST (id);
            CREATE TABLE others PARTITION OF pairs DEFAULT;
            CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN new.note = upper(new.note); RETURN new; END $$;
            CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON others FOR EACH ROW EXECUTE FUNCTION shout()
            """
        )
        let load = try database.loader()
        #expect(try await notes(load, .pairs, Batch([["1", "one"]])) == [])
        #expect(try await notes(load, .pairs, Batch([["1", "one"]])).count == 1)
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsWithoutAKeyAreToldToo(kind: TestDatabase.Kind) async throws {
        let database = try await changing(kind)
        let load = try database.loader("mode: replace")
        let keyless = Schema("pairs", "", key: [], Schema.pairs.fields)
        let rows = Batch([["1", "one"]])
        #expect(try await notes(load, keyless, rows) == [])
        #expect(try await notes(load, keyless, rows).count == 1)
        #expect(try await database.query("SELECT note FROM pairs") == [["ONE"]])
    }
}
