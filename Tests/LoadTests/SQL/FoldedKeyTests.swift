import Records
import Stages
import TestSupport
import Testing

/// Tables that take different texts for the same.
@Suite struct FoldedKeyTests {
    static let sqlite = [
        "CREATE TABLE pairs (id text COLLATE NOCASE PRIMARY KEY, note text COLLATE NOCASE)",
        "CREATE TABLE pairs (id text COLLATE nocase PRIMARY KEY, note text COLLATE RTRIM) WITHOUT ROWID",
        "CREATE TABLE pairs (id text, note text); CREATE UNIQUE INDEX k ON pairs (id COLLATE NOCASE)",
    ]
    static let postgres = [
        "CREATE EXTENSION IF NOT EXISTS citext; CREATE TABLE pairs (id citext PRIMARY KEY, note citext)",
        "\(collation); CREATE TABLE pairs (id text COLLATE ci PRIMARY KEY, note varchar(20) COLLATE ci)",
        "\(collation); CREATE TABLE pairs (id text, note text); CREATE UNIQUE INDEX ON pairs (id COLLATE ci)",
        "\(collation); CREATE DOMAIN code AS text COLLATE ci; CREATE TABLE pairs (id code PRIMARY KEY, note code)",
    ]
    private static let collation =
        "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"

    private func database(_ layout: String) async throws -> TestDatabase {
        let database = try await TestDatabase(Self.postgres.contains(layout) ? .postgres : .sqlite)
        for statement in layout.split(separator: ";") { try await database.query(String(statement)) }
        return database
    }

    @Test(arguments: sqlite + postgres) func keysThatTheTableTakesForOneAreRefused(layout: String) async throws {
        let database = try await database(layout)
        let rows: [[TestValue]] = [["a", "1"], ["B", "2"], ["A", "3"], ["c", "4"], ["b", "5"]]
        for mode in ["merge", "replace", "append"] {
            if mode == "append" { try await database.query("ALTER TABLE pairs ADD COLUMN run_id text") }
            let refusal = try await failure { try await database.loader("mode: \(mode)").load(.pairs, Batch(rows)) }
            if mode == "append" { continue }
            #expect(refusal.code == .badData)
            #expect(refusal.message.hasPrefix("table pairs takes different keys for the same (id is "), "\(refusal)")
            #expect(refusal.message.contains("): A / a, B / b; nothing was loaded"), "\(refusal)")
        }
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["0"]])
    }

    @Test(arguments: sqlite + postgres) func othersAreLoadedAsTheyAre(layout: String) async throws {
        let database = try await database(layout)
        let load = try database.loader("history: true")
        #expect(
            try await load.load(.pairs, Batch([["a", "one"], ["b", "x"]]), in: night(1)) == LoadCounts(written: 2)
        )
        // A row of the table's that is written otherwise is the same row, and gets the new spelling.
        let next = Batch([["A", "one"], ["b", "X"]])
        #expect(try await load.load(.pairs, next, in: night(2)) == LoadCounts(written: 2, updated: 2))
        #expect(try await load.load(.pairs, next, in: night(3)) == LoadCounts(unchanged: 2))
        let rows = try await database.query("SELECT id, note FROM pairs")
        #expect(rows.map { "\($0)" }.sorted() == [["A", "one"], ["b", "X"]].map { "\($0 as [String?])" })
        #expect(try await database.query("SELECT count(*) FROM pairs_history") == [["4"]])
    }

    @Test(arguments: sqlite + postgres) func aReplacedTableHoldsTheNewRows(layout: String) async throws {
        let database = try await database(layout)
        let load = try database.loader("mode: replace, max_removed: 100%")
        try await load.load(.pairs, Batch([["a", "one"], ["b", "two"]]))
        #expect(
            try await load.load(.pairs, Batch([["A", "one"]])).ofRows == LoadCounts(written: 1, updated: 1, retired: 1)
        )
        #expect(try await database.query("SELECT id, note FROM pairs") == [["A", "one"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsWithoutAKeyCompareToTheLetter(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await database((kind == .sqlite ? Self.sqlite : Self.postgres)[0])
        let keyless = Schema("pairs", "", key: [], Schema.pairs.fields)
        try await database.loader().load(keyless, Batch([["a", "one"]]))
        #expect(try await database.loader().load(keyless, Batch([["a", "ONE"]])) == LoadCounts(written: 1, retired: 1))
        #expect(try await database.query("SELECT * FROM pairs") == [["a", "ONE"]])
    }

    @Test func aCollationOfSomebodysProgramIsNamed() async throws {
        let database = try await TestDatabase(.sqlite)
        let script = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1])
            base.create_collation("german", lambda a, b: (a > b) - (a < b))
            base.execute("CREATE TABLE pairs (id text PRIMARY KEY COLLATE german, note text)")
            base.commit()
            """
        let run = try Program.run("/usr/bin/env", ["python3", "-c", script, database.place])
        try #require(run.status == 0, "\(run.errors)")
        let refusal = try await failure { try await database.loader().load(.pairs, Batch([["1", "one"]])) }
        #expect(refusal.message.contains("by the collation GERMAN, which only the program that created it"))
    }

    @Test func keysOfPartOfATableAreNoKeys() async throws {
        for kind in TestDatabase.Kind.allCases {
            let database = try await TestDatabase(kind)
            try await database.query("CREATE TABLE pairs (id text, note text)")
            try await database.query("CREATE UNIQUE INDEX part ON pairs (id) WHERE note IS NOT NULL")
            try await database.query("CREATE UNIQUE INDEX form ON pairs (lower(id))")
            let refusal = try await failure { try await database.loader().load(.pairs) }
            #expect(refusal.message == "table pairs does not fit: it may contain one id twice")
        }
    }
}
