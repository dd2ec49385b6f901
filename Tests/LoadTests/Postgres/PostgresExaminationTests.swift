import Foundation
import Records
import Stages
import TestSupport
import Testing

@testable import Load

/// What is found at a table before any row is there to be loaded.
@Suite struct PostgresExaminationTests {
    private let database: TestDatabase
    private let role: String
    private let name: String

    init() async throws {
        database = try await TestDatabase(.postgres)
        name = try #require(database.place.split(separator: "/").last.map(String.init))
        role = "role_\(name)"
    }

    /// A role with no rights but to connect, and a table that is not its own.
    private func restrict() async throws {
        try await database.query(
            """
            CREATE ROLE \(role) LOGIN; CREATE SCHEMA assets;
            REVOKE ALL ON DATABASE \(name) FROM PUBLIC; GRANT CONNECT ON DATABASE \(name) TO \(role);
            CREATE TABLE assets.pairs (id text PRIMARY KEY, note text, owner text)
            """
        )
    }

    private func load(_ settings: String = "") async throws -> any Loader {
        let url = try await PostgresServer.shared().url(name, user: role)
        let more = settings.isEmpty ? "" : ", \(settings)"
        return try loader("postgres: { url: '\(url)', table: assets.pairs\(more) }")
    }

    @Test func nothingIsCreated() async throws {
        let found = try await database.loader("history: true").examine()
        #expect(found.isReady, "\(found)")
        #expect(found.facts.first?.hasPrefix("PostgreSQL ") == true, "\(found.facts)")
        #expect(found.facts.first?.hasSuffix("as postgres") == true, "\(found.facts)")
        #expect(found.facts.dropFirst() == ["table pairs will be created", "table pairs_history will be created"])
        let relations = try await database.query("SELECT count(*) FROM pg_class WHERE relname LIKE '%pairs%'")
        #expect(relations == [["0"]])
    }

    @Test func aTableIsDescribedAndLeftAsItWas() async throws {
        try await database.query(
            "CREATE TABLE pairs (id text PRIMARY KEY, site int); INSERT INTO pairs SELECT n, n FROM generate_series(1, 3) n"
        )
        let before = try await database.query("SELECT xmin, xmax, ctid FROM pairs ORDER BY id")
        let found = try await database.loader("migrate: true").examine()
        #expect(found.isReady, "\(found)")
        #expect(
            found.facts.dropFirst() == [
                "table pairs: 3 rows", "columns to be added: note", "1 column of others, left alone",
            ]
        )
        #expect(try await database.query("SELECT xmin, xmax, ctid FROM pairs ORDER BY id") == before)
    }

    @Test func manyRowsAreNotAllCounted() async throws {
        try await database.query(
            "CREATE TABLE pairs AS SELECT n::text AS id, '' AS note FROM generate_series(1, 10001) n; "
                + "ALTER TABLE pairs ADD PRIMARY KEY (id)"
        )
        #expect(try await database.loader().examine().facts.last == "table pairs: more than 10000 rows")
    }

    /// What the role may do is only what the findings ask for. Then the load itself needs nothing more.
    @Test(arguments: ["", "mode: replace", "removed: delete, history: true", "mode: append, key: [id], migrate: true"])
    func everyMissingRightIsNamedBeforeTheLoad(settings: String) async throws {
        try await restrict()
        if settings.contains("append") {
            try await database.query(
                "ALTER TABLE assets.pairs ADD run_id text, DROP CONSTRAINT pairs_pkey, ADD PRIMARY KEY (run_id, id)"
            )
        }
        let load = try await load(settings.replacing("key: [id]", with: "removed: keep"))
        var asked = 0
        while let refusal = await load.examine().lasting {
            asked += 1
            try #require(asked < 6, "\(refusal)")
            #expect(refusal.message.hasPrefix("this role lacks rights that the load of table assets.pairs needs: "))
            try await database.follow(refusal)
        }
        #expect(asked > 0)
        #expect(await load.examine().isReady)
        try await load.load(.pairs, Batch([["1", "one"]]))
        #expect(await load.examine().isReady)
        if !settings.contains("append") {
            let gone = Batch([["1", "one"]], isRemoved: true)
            try await load.load(.pairs, gone, Batch([["2", "two"]]), in: night(2))
        }
    }

    @Test func grantsOnColumnsAreEnough() async throws {
        try await restrict()
        try await database.query(
            """
            GRANT TEMPORARY ON DATABASE \(name) TO \(role); GRANT USAGE ON SCHEMA assets TO \(role);
            GRANT SELECT (id, note), INSERT (id, note), UPDATE (id, note) ON assets.pairs TO \(role)
            """
        )
        let found = try await load().examine()
        #expect(found.isReady, "\(found)")
        #expect(try await load("removed: delete").examine().lasting != nil)
    }

    /// An audit trail is a table from which its writer cannot delete.
    @Test func appendingWithoutAKeyNeedsNoDelete() async throws {
        try await restrict()
        try await database.query(
            """
            DROP TABLE assets.pairs; CREATE TABLE assets.pairs (run_id text, id text, note text);
            GRANT TEMPORARY ON DATABASE \(name) TO \(role); GRANT USAGE ON SCHEMA assets TO \(role);
            GRANT SELECT, INSERT ON assets.pairs TO \(role)
            """
        )
        var keyless = Schema.pairs
        keyless.key = []
        let found = try await load("mode: append").examine(keyless)
        #expect(found.isReady, "\(found)")
        try await load("mode: append").load(keyless, Batch([["1", "one"]]))
    }

    @Test func aDefaultOfReadOnlyTransactionsIsNoFault() async throws {
        try await database.query("ALTER DATABASE \(name) SET default_transaction_read_only = on")
        #expect(try await database.loader().examine().isReady)
    }

    @Test func anEmptySearchPathIsNamed() async throws {
        try await database.query("ALTER DATABASE \(name) SET search_path = ''")
        let refusal = try #require(try await database.loader().examine().lasting)
        #expect(
            refusal.description
                == "table pairs has no schema: this role may use none of its search_path; name the schema in `table`, such as assets.pairs"
        )
        try await database.query("CREATE SCHEMA assets")
        #expect(try await database.loader("table: assets.pairs").examine().isReady)
        let same = try await failure { try await database.loader().load(.pairs, Batch([["1", "one"]])) }
        #expect(same == refusal)
    }

    @Test func theConditionOfOnlyIsCompiled() async throws {
        try await database.query("CREATE TABLE pairs (id text PRIMARY KEY, note text)")
        let refusal = try #require(
            try await database.loader("mode: replace, only: \"site = 'Berlin'\"").examine().lasting
        )
        #expect(refusal.message.contains(#"column "site" does not exist"#), "\(refusal)")
        #expect(try await database.loader("mode: replace, only: \"note = 'Berlin'\"").examine().isReady)
    }
}
