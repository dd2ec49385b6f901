import Records
import Stages
import TestSupport
import Testing

/// Setting `history`, in every database.
@Suite struct HistoryTests {
    private func versions(_ database: TestDatabase, _ table: String = "pairs") async throws -> [[String?]] {
        try await database.query(
            "SELECT id, note, valid_from, valid_to FROM \(table)_history ORDER BY id, valid_from"
        ).map { row in
            row.prefix(2) + row.dropFirst(2).map { $0.map { String($0.prefix(10)) } }
        }
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aChangeEndsOneVersionAndBeginsAnother(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("history: true")
        #expect(try await load.load(.pairs, Batch([["1", "a"], ["2", "b"]]), in: night(1)) == LoadCounts(written: 2))
        let counts = try await load.load(.pairs, Batch([["1", "a"], ["2", "c"]]), in: night(2))
        #expect(counts == LoadCounts(written: 1, updated: 1, unchanged: 1))
        #expect(
            try await versions(database) == [
                ["1", "a", "2026-01-01", nil], ["2", "b", "2026-01-01", "2026-01-02"], ["2", "c", "2026-01-02", nil],
            ]
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aSecondRunWritesNoVersion(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("history: true")
        try await load.load(.pairs, .pairs(0..<5), in: night(1))
        try await database.watch("pairs_history", key: "id")
        try await load.load(.pairs, .pairs(0..<5), in: night(1))
        try await load.load(.pairs, .pairs(0..<5), in: night(2))
        #expect(try await database.touched() == [])
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["mark", "delete"])
    func aDeviceThatComesBackHasAGap(kind: TestDatabase.Kind, removed: String) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("history: true, removed: \(removed), max_removed: 100%")
        func device(_ removedAt: TestValue) -> Batch {
            var isRemoved = true
            if case .null = removedAt { isRemoved = false }
            return Batch([["A", "RED", .moment(0), removedAt]], isRemoved: isRemoved)
        }
        try await load.load(.fleet, device(nil), in: night(1))
        try await load.load(.fleet, device(.moment(9)), in: night(2))
        try await load.load(.fleet, device(.moment(9)), in: night(3))
        try await load.load(.fleet, device(nil), in: night(4))
        let found = try await database.query(
            "SELECT serial_number, valid_from, valid_to FROM fleet_history ORDER BY valid_from"
        )
        #expect(found.map { $0[1]?.prefix(10) } == ["2026-01-01", "2026-01-04"])
        #expect(found.map { $0[2]?.prefix(10) } == ["2026-01-02", nil])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aTableThatWasThereGetsItsFirstVersions(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.pairs, Batch([["1", "a"], ["2", "b"]]), in: night(1))
        try await database.loader("history: true").load(.pairs, Batch([["2", "c"]]), in: night(2))
        // Then it is not kept for a while.
        try await database.loader().load(.pairs, Batch([["1", "x"], ["3", "d"]]), in: night(3))
        try await database.loader("history: true").load(.pairs, Batch([["1", "x"]]), in: night(4))
        #expect(
            try await versions(database) == [
                ["1", "a", "2026-01-02", "2026-01-04"], ["1", "x", "2026-01-04", nil], ["2", "c", "2026-01-02", nil],
                ["3", "d", "2026-01-04", nil],
            ]
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aRunThatBeganEarlierDoesNotGoBackInTime(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("history: true")
        try await load.load(.pairs, Batch([["1", "a"]]), in: night(2))
        try await load.load(.pairs, Batch([["1", "b"], ["2", "b"]]), in: night(1, run: "slow"))
        #expect(
            try await versions(database) == [
                ["1", "a", "2026-01-02", "2026-01-02"], ["1", "b", "2026-01-02", nil], ["2", "b", "2026-01-02", nil],
            ]
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases)
    func versionsStayInTheOrderInWhichTheyCameWhateverTheClockSays(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("history: true")
        try await load.load(.pairs, Batch([["1", "a"]]), in: night(1))
        // Three thousand years ahead for one night.
        var ahead = try await load.load(.pairs, Batch([["1", "b"]]), in: night(1_000_000))
        #expect(ahead.notes == [])
        for (number, rows) in [(2, Batch([["1", "c"]])), (3, Batch([["1", "d"]])), (3, Batch([["1", "d"]]))]
            as [(Int64, Batch)]
        {
            ahead = try await load.load(.pairs, rows, in: night(number))
            #expect(ahead.notes.count == 1)
            #expect(ahead.notes.first?.contains("pairs_history holds versions of 4763-") == true)
            #expect(ahead.notes.first?.hasSuffix("The versions of this run follow by a millisecond") == true)
        }
        let rows = try await database.query("SELECT note, valid_from, valid_to FROM pairs_history ORDER BY valid_from")
        #expect(rows.map { $0[0] } == ["a", "b", "c", "d"])
        for (version, next) in zip(rows, rows.dropFirst()) { #expect(version[2] == next[1]) }
        #expect(Set(rows.map { $0[1] }).count == 4)
    }

    @Test(arguments: TestDatabase.Kind.allCases) func anotherSourcesVersionsStay(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("history: true, mode: replace")
        let schema = Schema.pairs.withSource
        try await load.load(schema, Batch([["acme", "1", "a"], ["acme", "2", "b"]]), in: night(1, source: "acme"))
        try await load.load(schema, Batch([["other", "1", "x"]]), in: night(2, source: "other"))
        try await load.load(schema, Batch([["acme", "2", "b"]]), in: night(3, source: "acme"))
        let found = try await database.query("SELECT source, id, valid_to FROM pairs_history ORDER BY 1, 2")
        #expect(found.map { $0.prefix(2) } == [["acme", "1"], ["acme", "2"], ["other", "1"]])
        #expect(found.map { $0[2] != nil } == [true, false, false])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aFailedLoadLeavesNoVersions(kind: TestDatabase.Kind) async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("history: true")
        try await load.load(.pairs, Batch([["1", "a"]]), in: night(1))
        // Somebody's version from before without an end keeps this one from having a beginning.
        try await database.query("DELETE FROM pairs_history")
        try await database.query("CREATE UNIQUE INDEX one_note ON pairs_history (note)")
        let refusal = try await failure {
            try await load.load(.pairs, Batch([["2", "b"], ["3", "b"]]), in: night(2))
        }
        #expect(refusal.code == .destinationFailed)
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["1"]])
        #expect(try await versions(database).isEmpty)
    }

    @Test func aTriggerThatSwallowsVersionsIsFoundOut() async throws {
        let database = try await TestDatabase(.postgres)
        let load = try database.loader("history: true")
        try await load.load(.pairs, Batch([["1", "a"]]), in: night(1))
        try await database.query(
            """
            CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER swallow BEFORE INSERT ON pairs_history FOR EACH ROW EXECUTE FUNCTION swallow()
            """
        )
        let refusal = try await failure {
            try await load.load(.pairs, Batch([["1", "a"], ["2", "b"]]), in: night(2))
        }
        #expect(
            refusal.message == """
                public.pairs has 2 rows, but public.pairs_history 1 current version; nothing was changed
                """
        )
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["1"]])
    }

    @Test func theDatabaseItselfKeepsVersionsApart() async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query("CREATE TABLE pairs (id varchar(9) PRIMARY KEY, note text)")
        try await database.loader("history: true").load(.pairs, Batch([["1", "a"]]), in: night(1))
        let definitions = try await database.query(
            """
            SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'pairs_history'::regclass
            UNION ALL SELECT indexdef FROM pg_indexes WHERE indexname = 'pairs_history_current'
            UNION ALL SELECT format_type(atttypid, atttypmod) FROM pg_attribute
                WHERE attrelid = 'pairs_history'::regclass AND attname = 'id'
            ORDER BY 1
            """
        ).map { $0[0] ?? "" }
        #expect(
            definitions.sorted() == [
                "CHECK ((valid_to > valid_from))",
                "CREATE UNIQUE INDEX pairs_history_current ON public.pairs_history USING btree (id) WHERE (valid_to IS NULL)",
                "PRIMARY KEY (id, valid_from)", "character varying(9)",
            ]
        )
    }

    @Test func whatCannotBeIsAProblemOfThePlan() throws {
        let keyless = Schema("notes", "", key: [], [Field("note", .text, "")])
        let taken = Schema("notes", "", key: ["id"], [Field("id", .text, ""), Field("valid_to", .text, "")])
        for stage in ["sqlite: { file: a.sqlite, ", "postgres: { url: 'postgresql:///x', "] {
            #expect(try problems("\(stage)history: true }").isEmpty)
            #expect(try problems("\(stage)history: true, mode: replace }").isEmpty)
            #expect(
                try problems("\(stage)history: true, mode: append }")
                    == ["1:1 mode: append already keeps the rows of every run; remove `history:`, or set mode: merge"]
            )
            #expect(
                try problems("\(stage)history: true }", in: keyless)
                    == [
                        "1:1 history: needs rows with a key, and these have none; name the columns of a key with `key:`"
                    ]
            )
            #expect(try problems("\(stage)history: true, key: [note] }", in: keyless).isEmpty)
            #expect(
                try problems("\(stage)history: true, mode: replace, only: 'id > 0' }")
                    == ["1:1 history: needs the whole table, and only: names a part of it; remove one of the settings"]
            )
            #expect(
                try problems("\(stage)history: true }", in: taken)
                    == ["1:1 history: adds a column 'valid_to'; rename the column of the rows"]
            )
        }
        let long = String(repeating: "n", count: 50)
        #expect(try problems("postgres: { table: \(long) }").isEmpty)
        #expect(try problems("postgres: { table: \(long), history: true }").count == 1)
    }
}
