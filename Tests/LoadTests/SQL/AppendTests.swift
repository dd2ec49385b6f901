import Records
import Stages
import Testing

/// Mode `append`: the rows of every run stay, each once.
@Suite struct AppendTests {
    private static let keyless = Schema("notes", "", key: [], [Field("note", .text, "")])

    @Test(arguments: TestDatabase.Kind.allCases) func everyRunAddsItsRows(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: append")
        #expect(try await load.load(.pairs, .pairs(0..<2), in: night(1)) == LoadCounts(written: 2))
        #expect(try await load.load(.pairs, .pairs(0..<3), in: night(2)) == LoadCounts(written: 3))
        #expect(try await load.load(.pairs, in: night(3)) == LoadCounts())
        let rows = try await database.query("SELECT * FROM pairs ORDER BY 1, 2")
        #expect(rows.map { $0[0] } == ["night-1", "night-1", "night-2", "night-2", "night-2"])
        #expect(rows.last == ["night-2", "1002", "note"])
    }

    @Test(arguments: TestDatabase.Kind.allCases, [Schema.pairs, keyless])
    func aSecondAttemptOfARunAddsNothing(kind: TestDatabase.Kind, schema: Schema) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: append")
        func rows(_ notes: [String]) -> Batch {
            Batch(notes.map { schema.key.isEmpty ? [.text($0)] : [.text($0), .text($0)] })
        }
        try await load.load(schema, rows(["a", "b"]), in: night(1))
        #expect(try await load.load(schema, rows(["a", "b"]), in: night(2)) == LoadCounts(written: 2))
        try await database.watch(schema.name, key: "note")
        #expect(try await load.load(schema, rows(["b", "a"]), in: night(2)) == LoadCounts(unchanged: 2))
        #expect(try await database.touched() == [])
        try await load.load(schema, rows(["a", "b", "c"]), in: night(2))
        let counts = try await database.query("SELECT run_id, count(*) FROM \(schema.name) GROUP BY 1 ORDER BY 1")
        #expect(counts == [["night-1", "2"], ["night-2", "3"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func equalRowsWithoutAKeyAllCount(kind: TestDatabase.Kind) async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: append")
        try await load.load(Self.keyless, Batch([["a"], ["a"], [nil]]), in: night(1))
        #expect(try await load.load(Self.keyless, Batch([["a"], ["a"], [nil]]), in: night(2)).written == 3)
        #expect(try await database.query("SELECT count(*) FROM notes") == [["6"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func refusedValuesKeepTheirOwnRun(kind: TestDatabase.Kind) async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: append")
        let schema = Schema(.rejects, "", key: [], [Field("run_id", .text, ""), Field("value", .text, "")])
        try await load.load(schema, Batch([["night-1", "x"], ["night-1", "y"]]), in: night(1))
        // A run that reads no devices finds what an earlier one refused.
        #expect(
            try await load.load(schema, Batch([["night-1", "x"], ["night-1", "y"]]), in: night(2))
                == LoadCounts(unchanged: 2)
        )
        try await load.load(schema, Batch([["night-3", "x"]]), in: night(3))
        #expect(
            try await database.query("SELECT run_id, value FROM rejects ORDER BY 1, 2")
                == [["night-1", "x"], ["night-1", "y"], ["night-3", "x"]]
        )
        // One of an earlier run is no longer rejected, and one is new.
        try await database.watch("rejects", key: "run_id")
        #expect(
            try await load.load(schema, Batch([["night-1", "x"], ["night-4", "z"]]), in: night(4))
                == LoadCounts(written: 1, unchanged: 1)
        )
        #expect(try await database.touched() == ["night-4"])
        #expect(try await database.query("SELECT count(*) FROM rejects") == [["4"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aRowOfAnEarlierRunIsNotAddedAgain(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: append")
        let schema = Schema(.rejects, "", key: [], [Field("run_id", .text, ""), Field("value", .text, "")])
        try await load.load(schema, Batch([["night-1", "x"], ["night-1", "x"]]), in: night(1))
        for number: Int64 in 2...3 {
            let counts = try await load.load(schema, Batch([["night-1", "x"]]), in: night(number))
            #expect(counts == LoadCounts(unchanged: 1))
        }
        #expect(try await database.query("SELECT count(*) FROM rejects") == [["2"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsThatAnEarlierAttemptLeftAreRetired(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: append")
        try await load.load(Self.keyless, Batch([["a"], ["b"]]), in: night(1))
        try await load.load(Self.keyless, Batch([["a"], ["b"]]), in: night(2))
        #expect(
            try await load.load(Self.keyless, Batch([["a"], ["c"]]), in: night(2))
                == LoadCounts(written: 1, unchanged: 1, retired: 1)
        )
        let rows = try await database.query("SELECT run_id, note FROM notes ORDER BY 1, 2")
        #expect(rows == [["night-1", "a"], ["night-1", "b"], ["night-2", "a"], ["night-2", "c"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func devicesThatLeftStayOutUnlessMarked(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let present = Batch([["A", "RED", .moment(0), nil]])
        let gone = Batch([["B", "RED", .moment(0), .moment(9)]], isRemoved: true)
        let load = try database.loader("mode: append")
        #expect(try await load.load(.fleet, present, gone, in: night(1)) == LoadCounts(written: 1, filtered: 1))
        let marking = try database.loader("mode: append, removed: mark")
        #expect(try await marking.load(.fleet, present, gone, in: night(2)) == LoadCounts(written: 2))
        #expect(
            try await database.query("SELECT run_id FROM fleet WHERE removed_at IS NOT NULL") == [["night-2"]]
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aKeyThatComesTwiceInARunIsRefused(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let refusal = try await failure {
            try await database.loader("mode: append").load(.pairs, Batch([["1", "a"], ["1", "b"]]), in: night(1))
        }
        #expect(refusal.message.contains("repeat their key (run_id, id): night-1 / 1"))
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aTableForOneRunIsExplained(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.query("CREATE TABLE pairs (run_id text, id text NOT NULL PRIMARY KEY, note text)")
        try await database.query("CREATE UNIQUE INDEX a ON pairs (run_id, id)")
        let refusal = try await failure { try await database.loader("mode: append").load(.pairs) }
        #expect(refusal.message == "table pairs does not fit: it allows each id once, not once per run")
        #expect(refusal.advice == "load into another table")
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["", ", migrate: true"])
    func theTableOfAMergeIsLeftToIt(kind: TestDatabase.Kind, more: String) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader().load(.pairs, .pairs(0..<2))
        let refusal = try await failure { try await database.loader("mode: append\(more)").load(.pairs) }
        let lack = more.isEmpty ? "it has no column run_id, " : ""
        #expect(refusal.message == "table pairs does not fit: \(lack)it allows each id once, not once per run")
        #expect(refusal.advice == "load into another table")
    }

    @Test(arguments: [Schema.pairs, keyless]) func theBooksBalance(schema: Schema) async throws {
        let database = try await TestDatabase(.postgres)
        let load = try database.loader("mode: append")
        func rows(_ notes: [String]) -> Batch { Batch(notes.map { note in schema.fields.map { _ in .text(note) } }) }
        try await load.load(schema, rows(["a"]), in: night(2))
        try await database.query(
            """
            CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RETURN CASE WHEN new.note = 'b' THEN NULL ELSE new END; END $$;
            CREATE TRIGGER swallow BEFORE INSERT ON \(schema.name) FOR EACH ROW EXECUTE FUNCTION swallow()
            """
        )
        // The row that is already there is not among those to be added.
        let refusal = try await failure { try await load.load(schema, rows(["a", "b", "c"]), in: night(2)) }
        #expect(refusal.message == "2 rows were to be added to \(schema.name), but 1 were; nothing was changed")
        #expect(try await database.query("SELECT count(*) FROM \(schema.name)") == [["1"]])
    }

    @Test func whatCannotBeIsAProblemOfThePlan() throws {
        for stage in ["sqlite: { file: a.sqlite, ", "postgres: { url: 'postgresql:///x', "] {
            #expect(
                try problems("\(stage)mode: append, removed: delete }")
                    == ["1:1 mode: append never deletes rows; choose removed: keep or mark"]
            )
            #expect(
                try problems("\(stage)mode: append, only: 'id > 0' }")
                    == ["1:1 only: works only with mode: replace; remove `only:`, or set mode: replace"]
            )
            #expect(try problems("\(stage)mode: append }", in: Self.keyless).isEmpty)
        }
    }
}
