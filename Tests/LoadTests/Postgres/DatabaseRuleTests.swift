import Records
import Stages
import Testing

/// Rules of a table's own: which row they refuse, why, and what helps.
@Suite struct DatabaseRuleTests {
    struct Rule: Sendable, CustomTestStringConvertible {
        let name: String
        /// What makes the table `things` of the columns serial_number, note and size.
        let layout: String
        /// What the refusal says of the row of SN5.
        let says: String
        /// What the database does with the row.
        var note = "bad"
        var size: Int64 = 5
        var testDescription: String { name }
    }

    private static func trigger(_ body: String) -> String {
        """
        CREATE TABLE things (serial_number text PRIMARY KEY, note text, size int);
        CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(body); RETURN new; END $$;
        CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON things FOR EACH ROW EXECUTE FUNCTION guard()
        """
    }

    static let postgres = [
        Rule(
            name: "foreign key",
            layout: """
                CREATE TABLE notes (note text PRIMARY KEY); INSERT INTO notes VALUES ('fine');
                CREATE TABLE things (serial_number text PRIMARY KEY, note text REFERENCES notes, size int)
                """,
            says: "its note is not in table notes (foreign key things_note_fkey); it has note bad"
        ),
        Rule(
            name: "unique",
            layout: "CREATE TABLE things (serial_number text PRIMARY KEY, note text, size int UNIQUE)",
            says: "another row has the same size (unique constraint things_size_key); it has size 1",
            size: 1
        ),
        Rule(
            name: "unique index over an expression",
            layout: """
                CREATE TABLE things (serial_number text PRIMARY KEY, note text, size int);
                CREATE UNIQUE INDEX low ON things ((size % 1000)) WHERE note = 'bad'
                """,
            says: "it is a duplicate of another row (unique constraint low)"
        ),
        Rule(
            name: "check",
            layout: "CREATE TABLE things (serial_number text PRIMARY KEY, note text CHECK (note <> 'bad'), size int)",
            says: "note does not meet the check constraint things_note_check; it has note bad"
        ),
        Rule(
            name: "domain",
            layout: """
                CREATE DOMAIN word AS text CHECK (VALUE <> 'bad');
                CREATE TABLE things (serial_number text PRIMARY KEY, note word, size int)
                """,
            says: "note does not meet its domain word (check constraint word_check); it has note bad"
        ),
        Rule(
            name: "partition",
            layout: """
                CREATE TABLE things (serial_number text, note text, size int, PRIMARY KEY (serial_number, size))
                PARTITION BY RANGE (size);
                CREATE TABLE things_1 PARTITION OF things FOR VALUES FROM (0) TO (1000)
                """,
            says: "it belongs to no partition of things",
            size: 1000
        ),
        Rule(
            name: "exclusion",
            layout: """
                CREATE TABLE things (serial_number text PRIMARY KEY, note text, size int,
                    EXCLUDE USING btree (size WITH =))
                """,
            says: "it conflicts with another row (exclusion constraint things_size_excl of size); it has size 1",
            size: 1
        ),
        Rule(
            name: "trigger that raises",
            layout: trigger("IF new.note = 'bad' THEN RAISE EXCEPTION 'never %', new.note; END IF"),
            says: #"the database says "never bad", at PL/pgSQL function guard() line 1 at RAISE (SQLSTATE P0001)"#
        ),
        Rule(
            name: "generated column",
            layout: """
                CREATE TABLE things (serial_number text PRIMARY KEY, note text, size int,
                    share int GENERATED ALWAYS AS (100 / (size - 1000)) STORED)
                """,
            says: #"the database says "division by zero" (SQLSTATE 22012)"#,
            size: 1000
        ),
    ]

    static let things = Schema(
        "things",
        "",
        key: ["serial_number"],
        [Field("serial_number", .text, ""), Field("note", .text, ""), Field("size", .integer, "")]
    )

    static func rows(_ rule: Rule?, _ count: Int = 9) -> Batch {
        Batch(
            (1...count).map { number in
                guard let rule, number == 5 else { return [.text("SN\(number)"), "fine", .integer(Int64(number))] }
                return ["SN5", .text(rule.note), .integer(rule.size)]
            }
        )
    }

    @Test(arguments: postgres) func theRowIsNamed(rule: Rule) async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query(rule.layout)
        let isPartitioned = rule.name == "partition"
        let load = try database.loader(isPartitioned ? "key: [serial_number, size]" : "")
        if rule.name.hasPrefix("unique index") { try await database.query("INSERT INTO things VALUES ('x', 'bad', 5)") }
        // The first row, one among others, and one that is there already.
        for before in [0, 9] {
            if before > 0 { try await load.load(Self.things, Self.rows(nil)) }
            let count = try await database.query("SELECT count(*) FROM things")
            let refusal = try await failure { try await load.load(Self.things, Self.rows(rule)) }
            #expect(
                refusal.message
                    == "table things does not accept the row of serial_number SN5: \(rule.says); nothing was changed"
            )
            #expect(refusal.code == .destinationFailed)
            #expect(refusal.advice?.isEmpty == false)
            #expect(try await database.query("SELECT count(*) FROM things") == count)
        }
    }

    @Test func aRowAmongManyIsFound() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query("CREATE TABLE pairs (id text PRIMARY KEY, note text CHECK (id <> '6543'))")
        let refusal = try await failure { try await database.loader().load(.pairs, .pairs(0..<20_000)) }
        #expect(refusal.message.hasPrefix("table pairs does not accept the row of id 6543: "))
    }

    @Test func rowsWithoutAKeyAreExplainedToo() async throws {
        for kind in TestDatabase.Kind.allCases {
            let database = try await TestDatabase(kind)
            try await database.query("CREATE TABLE pairs (id text, note text CHECK (note <> 'bad'))")
            let keyless = Schema("pairs", "", key: [], Schema.pairs.fields)
            let refusal = try await failure {
                try await database.loader().load(keyless, Batch([["1", "a"], ["2", "bad"]]))
            }
            #expect(refusal.message.hasPrefix("table pairs does not accept a row: "), "\(refusal)")
        }
    }

    @Test func whatWaitsForTheEndIsExplained() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query(
            """
            CREATE TABLE notes (note text PRIMARY KEY);
            CREATE TABLE pairs (id text PRIMARY KEY, note text REFERENCES notes DEFERRABLE INITIALLY DEFERRED)
            """
        )
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "one"]])) }
        #expect(
            refusal.message
                == "table pairs does not accept a row: its note is not in table notes (foreign key pairs_note_fkey); nothing was changed"
        )
    }
}
