import Records
import Stages
import TestSupport
import Testing

/// A table of the user's own, with everything that tables may have besides our columns.
@Suite struct PostgresOwnershipTests {
    private let database: TestDatabase
    init() async throws { database = try await TestDatabase(.postgres) }

    @Test func defaultsIdentitiesGeneratedColumnsAndTriggersGoOnWorking() async throws {
        try await database.query(
            """
            CREATE TABLE pairs (number bigint GENERATED ALWAYS AS IDENTITY UNIQUE, owner text DEFAULT 'IT' NOT NULL,
                note text, id text PRIMARY KEY, length int GENERATED ALWAYS AS (length(note)) STORED,
                updated_at timestamptz, writes int DEFAULT 0);
            CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN new.updated_at = '2026-01-01'; new.writes = old.writes + 1; RETURN new; END $$;
            CREATE TRIGGER stamp BEFORE UPDATE ON pairs FOR EACH ROW EXECUTE FUNCTION stamp();
            INSERT INTO pairs (owner, note, id) VALUES ('Ann', 'old', '1'), ('Bob', 'same', '2')
            """
        )
        let rows = Batch([["1", "newer"], ["2", "same"], ["3", "three"]])
        #expect(try await database.loader().load(.pairs, rows) == LoadCounts(written: 2, updated: 1, unchanged: 1))
        #expect(try await database.loader().load(.pairs, rows) == LoadCounts(unchanged: 3))
        #expect(
            try await database.query("SELECT id, owner, note, length, updated_at::date, writes FROM pairs ORDER BY id")
                == [
                    ["1", "Ann", "newer", "5", "2026-01-01", "1"], ["2", "Bob", "same", "4", nil, "0"],
                    ["3", "IT", "three", "5", nil, "0"],
                ]
        )
    }

    /// How we let the server compare rows is none of the user's functions' business; more memory than we ask for stays.
    @Test(arguments: ["4MB", "128MB"]) func triggersFindTheUsualPlanner(memory: String) async throws {
        let rows = Batch.pairs(0..<3000)
        try await database.loader().load(.pairs, rows)
        try await database.query(
            """
            CREATE TABLE seen (nested text, memory text, cost text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO seen VALUES (
                    current_setting('enable_nestloop'), current_setting('work_mem'), current_setting('random_page_cost'));
                RETURN new;
            END $$;
            DELETE FROM pairs WHERE id = '1001';
            UPDATE pairs SET note = 'another' WHERE id = '1002';
            CREATE TRIGGER note BEFORE INSERT OR UPDATE ON pairs FOR EACH ROW EXECUTE FUNCTION note();
            CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON pairs DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION note();
            DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '\(memory)'); END $$
            """
        )
        #expect(try await database.loader().load(.pairs, rows) == LoadCounts(written: 2, updated: 1, unchanged: 2998))
        #expect(
            try await database.query("SELECT nested, memory, cost, count(*) FROM seen GROUP BY 1, 2, 3")
                == [["on", memory == "4MB" ? "64MB" : "128MB", "4", "5"]]
        )
    }

    @Test(arguments: ["merge", "replace"]) func viewsForeignKeysAndGrantsStay(mode: String) async throws {
        try await database.loader().load(.pairs, Batch([["1", "one"], ["2", "two"], ["3", "three"]]))
        try await database.query(
            """
            CREATE VIEW notes AS SELECT note FROM pairs;
            CREATE MATERIALIZED VIEW kept AS SELECT note FROM pairs;
            CREATE TABLE loans (id text REFERENCES pairs, who text);
            INSERT INTO loans VALUES ('1', 'Ann');
            GRANT SELECT ON pairs TO PUBLIC;
            CREATE INDEX by_note ON pairs (note)
            """
        )
        let described = "SELECT oid, relacl, relfilenode FROM pg_class WHERE relname IN ('pairs', 'by_note', 'notes')"
        let before = try await database.query(described)
        let counts = try await database.loader("mode: \(mode)").load(.pairs, Batch([["1", "uno"], ["2", "two"]]))
        #expect(counts == LoadCounts(written: 1, updated: 1, unchanged: 1, retired: mode == "replace" ? 1 : 0))
        #expect(try await database.query(described) == before)
        #expect(try await database.query("SELECT note FROM notes WHERE note = 'uno'") == [["uno"]])
        #expect(try await database.query("SELECT who FROM loans") == [["Ann"]])
    }

    @Test func aForeignKeyThatHoldsARowIsExplained() async throws {
        try await database.loader().load(.pairs, Batch([["1", "one"], ["2", "two"]]))
        try await database.query(
            "CREATE TABLE loans (id text REFERENCES pairs); INSERT INTO loans VALUES ('2')"
        )
        let refusal = try await failure {
            try await database.loader("mode: replace").load(.pairs, Batch([["1", "other"]]))
        }
        #expect(
            refusal.message == """
                table pairs does not accept the row of id 2: table loans still refers to it (foreign key loans_id_fkey); \
                nothing was changed
                """
        )
        #expect(try await database.query("SELECT * FROM pairs ORDER BY id") == [["1", "one"], ["2", "two"]])
    }

    @Test func aTriggerThatRaisesIsQuoted() async throws {
        try await database.query(
            """
            CREATE TABLE pairs (id text PRIMARY KEY, note text);
            CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'device % is frozen', new.id USING HINT = 'ask the audit team'; END $$;
            CREATE TRIGGER guard BEFORE INSERT ON pairs FOR EACH ROW EXECUTE FUNCTION guard()
            """
        )
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["7", "seven"]])) }
        #expect(
            refusal.message.hasPrefix(
                #"table pairs does not accept the row of id 7: the database says "device 7 is frozen", at PL/pgSQL function guard()"#
            )
        )
        #expect(refusal.advice == "ask the audit team")
        #expect(!refusal.isTransient)
    }

    @Test func aRuleThatKeepsRowsBackIsFoundOut() async throws {
        try await database.query(
            """
            CREATE TABLE pairs (id text PRIMARY KEY, note text);
            CREATE RULE away AS ON INSERT TO pairs WHERE new.id = '2' DO INSTEAD NOTHING
            """
        )
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "a"], ["2", "b"]])) }
        #expect(refusal.code == .destinationFailed)
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["0"]])
    }

    @Test(arguments: ["Select", "it's \"quoted\"", "überprüfung 東京", "with space", "ORDER", "a;b--c"])
    func oddNamesAreTaken(name: String) async throws {
        let quoted = "\"\(name.replacing("\"", with: "\"\""))\""
        try await database.query("CREATE SCHEMA \(quoted)")
        let schema = Schema(
            "odd",
            "",
            key: [name],
            [Field(name, .text, "Key."), Field("\(name) 2", .textList, "List.")]
        )
        let part = name.contains("\"") ? quoted : name
        let table = "\(part).\(part)".replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let load = try database.loader("table: \"\(table)\"")
        #expect(try await load.load(schema, Batch([["1", #"["a","b"]"#]])) == LoadCounts(written: 1))
        #expect(try await load.load(schema, Batch([["1", #"["a","b"]"#]])) == LoadCounts(unchanged: 1))
        #expect(try await load.load(schema, Batch([["1", #"["b"]"#]])) == LoadCounts(written: 1, updated: 1))
        #expect(try await database.query("SELECT * FROM \(quoted).\(quoted)") == [["1", "{b}"]])
    }

    @Test(arguments: [
        "CREATE VIEW pairs AS SELECT 'x'::text AS id, 'y'::text AS note",
        "CREATE MATERIALIZED VIEW pairs AS SELECT 'x'::text AS id, 'y'::text AS note",
        """
        CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
        CREATE FOREIGN TABLE pairs (id text, note text) SERVER far
        """,
        "CREATE SEQUENCE pairs",
    ]) func whatIsNoTableIsRefused(statements: String) async throws {
        try await database.query(statements)
        let refusal = try await failure { try await database.loader().load(.pairs) }
        #expect(refusal.message.hasPrefix("pairs is not a table"))
    }

    @Test func columnsOfOthersMayChangeMeanwhile() async throws {
        try await database.query("CREATE TABLE pairs (id text PRIMARY KEY, note text, owner text)")
        var session = try await database.loader().open(.pairs, context)
        try await session.write(Batch([["1", "one"]]))
        try await database.query("ALTER TABLE pairs DROP COLUMN owner, ADD COLUMN place int")
        #expect(try await session.commit() == LoadCounts(written: 1))
        #expect(try await database.query("SELECT * FROM pairs") == [["1", "one", nil]])
    }

    @Test func aColumnThatChangedMeanwhileIsNoticed() async throws {
        try await database.query("CREATE TABLE pairs (id text PRIMARY KEY, note text)")
        // A table without rows is ours until the commit: its owner waits.
        try await database.loader().load(.pairs, Batch([["0", "no"]]))
        var session = try await database.loader().open(.pairs, context)
        try await session.write(Batch([["1", "one"]]))
        try await database.query("ALTER TABLE pairs ALTER COLUMN note TYPE varchar(2)")
        let refusal = try await failure { try await session.commit() }
        await session.rollback()
        #expect(refusal.message == "table pairs was altered while axport read its rows")
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["1"]])
    }
}
