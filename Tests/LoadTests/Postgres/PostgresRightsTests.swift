import Foundation
import Records
import Stages
import TestSupport
import Testing

/// A role that may do no more than it must.
@Suite struct PostgresRightsTests {
    private let database: TestDatabase
    private let role: String
    private let name: String

    init() async throws {
        database = try await TestDatabase(.postgres)
        name = try #require(database.place.split(separator: "/").last.map(String.init))
        role = "role_\(name)"
        try await database.query(
            """
            CREATE ROLE \(role) LOGIN; CREATE SCHEMA assets;
            REVOKE ALL ON DATABASE \(name) FROM PUBLIC; GRANT CONNECT ON DATABASE \(name) TO \(role);
            CREATE TABLE assets.pairs (id text PRIMARY KEY, note text, owner text)
            """
        )
    }

    private func load(_ settings: String = "", _ batch: Batch) async throws -> LoadCounts {
        let url = try await PostgresServer.shared().url(name, user: role)
        let more = settings.isEmpty ? "" : ", \(settings)"
        return try await loader("postgres: { url: '\(url)', table: assets.pairs\(more) }").load(.pairs, batch)
    }

    /// Not only on the night on which a row has to be updated.
    @Test func aMissingUpdateIsFoundWhileTheTableIsEmpty() async throws {
        try await database.query(
            """
            GRANT TEMPORARY ON DATABASE \(name) TO \(role); GRANT USAGE ON SCHEMA assets TO \(role);
            GRANT SELECT, INSERT ON assets.pairs TO \(role)
            """
        )
        let refusal = try await failure { _ = try await load("", Batch([["1", "one"]])) }
        #expect(refusal.advice?.contains("GRANT SELECT, INSERT, UPDATE") == true, "\(refusal)")
    }

    /// What the role may do is only what the messages ask for, one after another.
    @Test func eachMissingRightIsNamedByItsGrant() async throws {
        var granted: [String] = []
        for _ in 0..<5 {
            do {
                _ = try await load("mode: replace", Batch([["1", "one"], ["2", "two"]]))
                break
            } catch let refusal as Failure {
                #expect(refusal.message.contains("permission denied"))
                let advice = try #require(refusal.advice)
                try #require(advice.hasPrefix("let the owner run: "), "\(refusal)")
                let statements = String(advice.dropFirst("let the owner run: ".count))
                granted.append(statements)
                try await database.query(statements)
            }
        }
        #expect(
            Set(granted.joined(separator: " ").split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) })
                == [
                    "GRANT TEMPORARY ON DATABASE \(name) TO \(role)", "GRANT USAGE ON SCHEMA assets TO \(role)",
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON \"assets\".\"pairs\" TO \(role)",
                ]
        )
        #expect(
            try await load("", Batch([["1", "one"], ["2", "2"]])) == LoadCounts(written: 1, updated: 1, unchanged: 1)
        )
        #expect(try await load("mode: replace", Batch([["2", "2"]])) == LoadCounts(unchanged: 1, retired: 1))
    }

    @Test func aTableThatCannotBeMadeNamesTheSchemasGrant() async throws {
        try await database.query(
            """
            GRANT TEMPORARY ON DATABASE \(name) TO \(role);
            GRANT USAGE ON SCHEMA assets TO \(role);
            DROP TABLE assets.pairs
            """
        )
        do {
            _ = try await load("", Batch([["1", "one"]]))
            Issue.record("it was made")
        } catch let refusal as Failure {
            #expect(refusal.message.contains("permission denied for schema assets"))
            #expect(refusal.advice == "let the owner run: GRANT CREATE ON SCHEMA assets TO \(role);")
        }
    }

    /// Statements that the messages of one load after another asked for, until it went well.
    private func granted(_ settings: String, _ schema: Schema = .pairs) async throws -> Set<String> {
        var granted: Set<String> = []
        let url = try await PostgresServer.shared().url(name, user: role)
        let load = try loader("postgres: { url: '\(url)', table: assets.pairs, \(settings) }")
        for _ in 0..<6 {
            do {
                _ = try await load.load(schema, Batch([["1", "one"], ["2", "two"]]))
                return granted
            } catch let refusal as Failure {
                let lead = "let the owner run: "
                let advice = try #require(refusal.advice)
                try #require(advice.hasPrefix(lead), "\(refusal)")
                let statements = String(advice.dropFirst(lead.count))
                for statement in statements.split(separator: "; ") {
                    granted.insert(statement.trimmingCharacters(in: CharacterSet(charactersIn: ";")))
                }
                try await database.query(statements)
            }
        }
        Issue.record("never enough: \(granted)")
        return granted
    }

    @Test func theHistorysRightsAreNamedToo() async throws {
        try await allow()
        try await database.query("REVOKE DELETE ON assets.pairs FROM \(role)")
        #expect(try await granted("history: true") == ["GRANT CREATE ON SCHEMA assets TO \(role)"])
        try await database.query("ALTER TABLE assets.pairs_history OWNER TO postgres")
        #expect(
            try await granted("history: true") == [
                "GRANT SELECT, INSERT, UPDATE, DELETE ON \"assets\".\"pairs_history\" TO \(role)"
            ]
        )
    }

    @Test func rowsWithoutAKeyAreTakenAwayToo() async throws {
        try await allow()
        try await database.query(
            """
            DROP TABLE assets.pairs; CREATE TABLE assets.pairs (run_id text, id text, note text);
            INSERT INTO assets.pairs VALUES ('run-7', '1', 'one')
            """
        )
        try await database.query("GRANT SELECT, INSERT ON assets.pairs TO \(role)")
        var keyless = Schema.pairs
        keyless.key = []
        // What the run has already added stays.
        #expect(try await granted("mode: append", keyless) == [])
        try await database.query("UPDATE assets.pairs SET note = 'old' WHERE id = '1'")
        #expect(
            try await granted("mode: append", keyless) == [
                "GRANT SELECT, INSERT, DELETE ON \"assets\".\"pairs\" TO \(role)"
            ]
        )
        #expect(try await database.query("SELECT note FROM assets.pairs ORDER BY id") == [["one"], ["two"]])
    }

    private func allow() async throws {
        try await database.query(
            """
            GRANT TEMPORARY ON DATABASE \(name) TO \(role); GRANT USAGE ON SCHEMA assets TO \(role);
            GRANT SELECT, INSERT, UPDATE, DELETE ON assets.pairs TO \(role)
            """
        )
    }

    @Test func rowLevelSecurityKeepsOthersRowsFromUs() async throws {
        try await allow()
        try await database.query(
            """
            INSERT INTO assets.pairs VALUES ('1', 'one', 'Ann'), ('2', 'two', NULL), ('3', 'three', NULL);
            ALTER TABLE assets.pairs ENABLE ROW LEVEL SECURITY;
            CREATE POLICY ours ON assets.pairs TO \(role) USING (owner IS NULL) WITH CHECK (owner IS NULL)
            """
        )
        // Ann's row is not there for us, so it cannot be taken away.
        #expect(
            try await load("mode: replace", Batch([["2", "zwei"]])) == LoadCounts(written: 1, updated: 1, retired: 1)
        )
        #expect(
            try await database.query("SELECT id, note FROM assets.pairs ORDER BY id") == [
                ["1", "one"], ["2", "zwei"],
            ]
        )
        // Nor taken over.
        let refusal = try await failure { try await load("", Batch([["1", "ours now"]])) }
        #expect(
            refusal.message == """
                table assets.pairs does not accept the row of id 1: a row-level security policy does not let this role \
                write it; nothing was changed
                """
        )
        #expect(try await database.query("SELECT note FROM assets.pairs WHERE id = '1'") == [["one"]])
    }

    @Test func grantsOnColumnsAreEnough() async throws {
        try await allow()
        try await database.query(
            """
            REVOKE ALL ON assets.pairs FROM \(role);
            GRANT SELECT (id, note), INSERT (id, note), UPDATE (id, note) ON assets.pairs TO \(role);
            INSERT INTO assets.pairs VALUES ('1', 'one', 'Ann')
            """
        )
        #expect(try await load("", Batch([["1", "uno"], ["2", "two"]])) == LoadCounts(written: 2, updated: 1))
        #expect(
            try await database.query("SELECT * FROM assets.pairs ORDER BY id") == [
                ["1", "uno", "Ann"], ["2", "two", nil],
            ]
        )
    }
}
