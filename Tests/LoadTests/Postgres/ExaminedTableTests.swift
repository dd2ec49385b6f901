import Records
import Stages
import TestSupport
import Testing

/// Tables that do not fit: an examination says what the load would say, and its advice is right.
@Suite struct ExaminedTableTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let before: String
        let settings: String
        let kind: TestDatabase.Kind

        init(_ name: String, _ before: String, settings: String = "", _ kind: TestDatabase.Kind = .postgres) {
            testDescription = "\(kind): \(name)"
            self.before = before
            self.settings = settings
            self.kind = kind
        }
    }

    /// With advice to run a statement.
    static let mended = [
        Case("no schema", "SELECT 1", settings: "table: assets.pairs"),
        Case("no key", "CREATE TABLE pairs (id text, note text)"),
        Case("another type", "CREATE TABLE pairs (id text PRIMARY KEY, note int)"),
        Case(
            "another type in the history",
            "CREATE TABLE pairs_history (id text, note int, valid_from timestamptz, valid_to timestamptz, "
                + "PRIMARY KEY (id, valid_from))",
            settings: "history: true"
        ),
        Case("no key", "CREATE TABLE pairs (id text, note text)", .sqlite),
    ]

    static let refused = [
        Case("a missing column", "CREATE TABLE pairs (id text PRIMARY KEY)"),
        Case("a key that is there twice", "CREATE TABLE pairs (id text, note text); INSERT INTO pairs VALUES (1), (1)"),
        Case("a view", "CREATE VIEW pairs AS SELECT 'x' AS id, 'y' AS note"),
        Case(
            "a computed column",
            "CREATE TABLE pairs (id text PRIMARY KEY, note text GENERATED ALWAYS AS (id) STORED)"
        ),
        Case("a missing column", "CREATE TABLE pairs (id text PRIMARY KEY)", .sqlite),
        Case("another type", "CREATE TABLE pairs (id text PRIMARY KEY, note int)", .sqlite),
        Case("a view", "CREATE VIEW pairs AS SELECT 'x' AS id, 'y' AS note", .sqlite),
        Case("a missing column, over an empty table", "CREATE TABLE pairs (id text PRIMARY KEY, size int)", .sqlite),
    ]

    private func refusals(_ test: Case) async throws -> (database: TestDatabase, examined: Failure) {
        let database = try await TestDatabase(test.kind)
        try await database.query(test.before)
        let examined = try #require(try await database.loader(test.settings).examine().lasting)
        let loaded = try await failure {
            try await database.loader(test.settings).load(.pairs, Batch([["1", "one"]]))
        }
        #expect(examined == loaded)
        return (database, examined)
    }

    @Test(arguments: mended) func theAdviceMendsIt(test: Case) async throws {
        let (database, examined) = try await refusals(test)
        try await database.follow(examined)
        #expect(try await database.loader(test.settings).examine().isReady)
        try await database.loader(test.settings).load(.pairs, Batch([["1", "one"]]))
    }

    @Test(arguments: refused) func itIsRefusedInTheLoadsWords(test: Case) async throws {
        _ = try await refusals(test)
    }
}
