import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Against a real server.
@Suite struct PostgresTests {
    private let database: TestDatabase
    init() async throws { database = try await TestDatabase(.postgres) }

    @Test func aTableIsMadeWithTheDatabasesOwnTypes() async throws {
        try await database.query("CREATE SCHEMA assets")
        try await database.loader("table: assets.things").load(.types)
        let columns = try await database.query(
            """
            SELECT attname, format_type(atttypid, atttypmod), attnotnull, col_description(attrelid, attnum)
            FROM pg_attribute WHERE attrelid = 'assets.things'::regclass AND attnum > 0 ORDER BY attnum
            """
        )
        #expect(
            columns == [
                ["id", "text", "t", "Key."], ["size", "bigint", "f", "A size."],
                ["share", "double precision", "f", "A share."], ["is_new", "boolean", "f", "A flag."],
                ["seen_at", "timestamp with time zone", "f", "A moment."], ["ends_on", "date", "f", "A day."],
                ["wifi_mac_address", "macaddr", "f", "An address."], ["imeis", "text[]", "f", "A list."],
                ["extra", "jsonb", "f", "Anything else, it's said."],
            ]
        )
        let key = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'assets.things'::regclass"
        #expect(try await database.query(key) == [["PRIMARY KEY (id)"]])
    }

    @Test func everyTypeComesBack() async throws {
        let row: [TestValue] = [
            "SN1", .integer(.max), 0.1, true, .moment(-1), .day(-1), "A4:83:E7:00:11:22",
            #"["352099001761481","a\"b\\c,{}",null,"",7]"#,
            #"{"z":"a\u0000b\\u0000c","y":"\ud83c\udf4e\ud800","x":[1.50]}"#,
        ]
        try await database.loader().load(.types, Batch([row]))
        let found = try await database.query("SELECT *, imeis[2], imeis[3], imeis[4] FROM types")
        #expect(
            found == [
                [
                    "SN1", "9223372036854775807", "0.1", "t", "1969-12-31 23:59:59+00", "1969-12-31",
                    "a4:83:e7:00:11:22",
                    #"{352099001761481,"a\"b\\c,{}",NULL,"",7}"#, #"{"x": [1.50], "y": "🍎�", "z": "ab\\u0000c"}"#,
                    #"a"b\c,{}"#, nil, "",
                ]
            ]
        )
        #expect(try await database.loader().load(.types, Batch([row])) == LoadCounts(unchanged: 1))
    }

    @Test func onlyAChangedRowIsWritten() async throws {
        let versions = "SELECT id, xmin, xmax, ctid FROM pairs ORDER BY id"
        try await database.loader().load(.pairs, Batch([["1", "one"], ["2", "two"], ["3", nil]]))
        let first = try await database.query(versions)
        #expect(
            try await database.loader().load(.pairs, Batch([["1", "one"], ["2", "two"], ["3", nil]])).written == 0
        )
        #expect(try await database.query(versions) == first)
        #expect(
            try await database.loader().load(.pairs, Batch([["1", "one"], ["2", "2"], ["3", nil]])).written == 1
        )
        let second = try await database.query(versions)
        #expect(zip(first, second).map { $0 == $1 } == [true, false, true])
    }

    @Test func theUsersNearTypesAreTaken() async throws {
        try await database.query(
            """
            CREATE DOMAIN short AS varchar(20);
            CREATE TABLE types (id short PRIMARY KEY, size numeric, share float8, is_new bool, seen_at timestamptz,
                ends_on date, wifi_mac_address text, imeis varchar(20)[], extra jsonb)
            """
        )
        let row: [TestValue] = ["A", 5, 0.5, false, .moment(0), .day(0), "a4:83:e7:00:11:22", #"["1"]"#, "{}"]
        #expect(try await database.loader().load(.types, Batch([row])) == LoadCounts(written: 1))
        #expect(try await database.loader().load(.types, Batch([row])) == LoadCounts(unchanged: 1))
    }

    @Test func aConflictingTypeIsExplained() async throws {
        try await database.query("CREATE TABLE pairs (id text PRIMARY KEY, note timestamp)")
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "one"]])) }
        #expect(refusal.code == .destinationFailed)
        #expect(
            refusal.message == "table pairs does not fit: column note is timestamp without time zone, not text"
        )
        // How its moments would be written is for their owner to say.
        #expect(refusal.advice == "load into another table, or exclude the columns with `columns:`")
    }

    @Test func aMissingSchemaIsExplained() async throws {
        let refusal = try await failure { try await database.loader("table: assets.devices").load(.pairs) }
        #expect(
            refusal.description
                == #"the schema assets does not exist; run: CREATE SCHEMA "assets";"#
        )
    }

    @Test func aViewIsNoTable() async throws {
        try await database.query("CREATE VIEW pairs AS SELECT 'x'::text AS id, 'y'::text AS note")
        let refusal = try await failure { try await database.loader().load(.pairs) }
        #expect(refusal.message == "pairs is not a table")
    }

    @Test func aDomainOverADomainIsWhatItComesDownTo() async throws {
        try await database.query(
            """
            CREATE DOMAIN word AS varchar(5) NOT NULL; CREATE DOMAIN short AS word CHECK (VALUE <> 'bad');
            CREATE TABLE pairs (id text PRIMARY KEY, note short)
            """
        )
        #expect(try await database.loader().load(.pairs, Batch([["1", "one"]])) == LoadCounts(written: 1))
        let long = try await failure {
            try await database.loader("unfit: quarantine").load(.pairs, Batch([["2", "sixsix"]]))
        }
        #expect(long.message.contains("note is short, but 1 value does not fit and must not be empty"), "\(long)")
    }

    @Test func aDomainsRuleIsExplained() async throws {
        try await database.query(
            """
            CREATE DOMAIN short AS text CHECK (length(VALUE) < 4);
            CREATE TABLE pairs (id text PRIMARY KEY, note short)
            """
        )
        let refusal = try await failure {
            try await database.loader().load(.pairs, Batch([["1", "abc"], ["2", "abcd"]]))
        }
        #expect(
            refusal.message == """
                table pairs does not accept the row of id 2: note does not meet its domain short (check constraint short_check); \
                it has note abcd; nothing was changed
                """
        )
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["0"]])
    }

    @Test func aFailureInTheMiddleLeavesTheTableAsItWas() async throws {
        try await database.loader().load(.pairs, Batch([["1", "one"]]))
        try await database.query("ALTER TABLE pairs ADD CHECK (note <> 'bad')")
        let refusal = try await failure {
            try await database.loader().load(.pairs, Batch([["1", "other"], ["2", "two"], ["3", "bad"]]))
        }
        #expect(
            refusal.message == """
                table pairs does not accept the row of id 3: note does not meet the check constraint pairs_note_check; it has \
                note bad; nothing was changed
                """
        )
        #expect(try await database.query("SELECT * FROM pairs") == [["1", "one"]])
    }

    @Test func aTriggerThatSwallowsRowsIsFoundOut() async throws {
        try await database.query(
            """
            CREATE TABLE pairs (id text PRIMARY KEY, note text);
            CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RETURN CASE WHEN new.id = '2' THEN NULL ELSE new END; END $$;
            CREATE TRIGGER swallow BEFORE INSERT ON pairs FOR EACH ROW EXECUTE FUNCTION swallow()
            """
        )
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "a"], ["2", "b"]])) }
        #expect(refusal.message == "2 rows were to be added to pairs, but 1 were; nothing was changed")
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["0"]])
    }

    @Test func aTableAlteredMeanwhileIsNoticed() async throws {
        try await database.loader().load(.pairs, Batch([["0", "no"]]))
        var session = try await database.loader().open(.pairs, context)
        try await session.write(Batch([["1", "one"]]))
        try await database.query("ALTER TABLE pairs DROP COLUMN note")
        let refusal = try await failure { try await session.commit() }
        await session.rollback()
        #expect(refusal.message == "table pairs does not fit: it has no column note")
    }

    @Test func aServerThatGoesAwayIsAClearFailure() async throws {
        var session = try await database.loader().open(.pairs, context)
        try await session.write(Batch([["1", "one"]]))
        try await PostgresServer.shared().endSessions(of: "axport", database: database.place)
        let refusal = try await failure { try await session.commit() }
        await session.rollback()
        #expect(refusal.code == .destinationFailed)
        #expect(refusal.message.contains("terminating connection"))
        #expect(try await database.query("SELECT to_regclass('pairs')") == [[nil]])
    }

    @Test func cancellingTheTaskStopsTheServer() async throws {
        try await database.loader().load(.pairs)
        try await database.slow("INSERT", seconds: 60)
        let load = try database.loader()
        let task = Task { try await load.load(.pairs, Batch([["1", "one"]])) }
        try await database.untilOneSleeps()
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["0"]])
    }

    @Test func loadsOfOneTableTakeTurns() async throws {
        let load = try database.loader()
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            for note in ["a", "b", "c", "d"] {
                group.addTask {
                    try await load.load(.pairs, Batch((0..<500).map { [.text("\($0)"), .text(note)] })).written
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(written == 2000)
        #expect(try await database.query("SELECT count(*), count(DISTINCT note) FROM pairs") == [["500", "1"]])
    }
}
