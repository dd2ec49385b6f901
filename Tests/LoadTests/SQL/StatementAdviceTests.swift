import Records
import Stages
import TestSupport
import Testing

/// Every statement that a message about a PostgreSQL table gives, run as it stands: it leads where the message says.
/// Those for columns of another type are in ``TypeAdviceTests``, those for missing rights in ``PostgresRightsTests``.
@Suite struct StatementAdviceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let before: String
        let settings: String
        let after: String

        init(_ name: String, _ before: String, settings: String = "", after: String = "SELECT count(*) FROM pairs") {
            testDescription = name
            self.before = before
            self.settings = settings
            self.after = after
        }
    }

    static let cases = [
        Case(
            "a schema that is missing",
            "SELECT 1",
            settings: "table: '\"Asset \"\"db\"\".x\".pairs'",
            after: #"SELECT count(*) FROM "Asset ""db"".x".pairs"#
        ),
        Case(
            "a key that is missing",
            "CREATE TABLE pairs (id text, note text); INSERT INTO pairs VALUES (NULL), (NULL)"
        ),
        Case("a key whose column is missing", "CREATE TABLE pairs (note text); INSERT INTO pairs VALUES ('a'), ('b')"),
        Case(
            "a key whose column is missing, in somebody's schema",
            "CREATE SCHEMA t; CREATE TABLE t.own (number serial PRIMARY KEY, hostname text)",
            settings: "table: t.own, migrate: true",
            after: "SELECT count(*) FROM t.own"
        ),
        Case(
            "a key whose columns are missing in part",
            "CREATE TABLE pairs (note text); INSERT INTO pairs VALUES ('a'), ('a')",
            settings: "key: [note, id]"
        ),
        Case("the column of the run", "CREATE TABLE pairs (id text, note text)", settings: "mode: append"),
        Case(
            "a key that is missing, with a long name",
            "CREATE TABLE \(long) (id text, note text)",
            settings: "table: \(long)",
            after: "SELECT count(*) FROM \(long)"
        ),
        Case(
            "a key of several columns",
            "CREATE TABLE pairs (id text, note text)",
            settings: "key: [note, id]"
        ),
        Case("a varchar that is too short", "CREATE TABLE pairs (id text PRIMARY KEY, note varchar(2))"),
        Case("a key that is too short", "CREATE TABLE pairs (id varchar(2) PRIMARY KEY, note text)"),
        Case(
            "a domain that is too short",
            "CREATE DOMAIN d AS varchar(2); CREATE TABLE pairs (id text PRIMARY KEY, note d)"
        ),
        Case("a column that nothing fills", "CREATE TABLE pairs (id text PRIMARY KEY, note text, site int NOT NULL)"),
        Case(
            "a column that nothing fills, of a name that needs quotes",
            #"CREATE TABLE pairs (id text PRIMARY KEY, note text, "My ""Site" int NOT NULL)"#
        ),
    ]

    private static let long = String(repeating: "n", count: 63)

    @Test(arguments: cases) func leadsWhereItSays(_ example: Case) async throws {
        let database = try await TestDatabase(.postgres)
        try await database.query(example.before)
        let load = try database.loader(example.settings)
        let rows = Batch([["1000", "note"], ["1001", "other"]])
        try await database.follow(try await failure { try await load.load(.pairs, rows) })
        #expect(try await load.load(.pairs, rows).written == 2)
        #expect(try await load.load(.pairs, rows) == LoadCounts(unchanged: 2))
        let count = try await database.query(example.after).first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0
        #expect(count >= 2)
    }
}
