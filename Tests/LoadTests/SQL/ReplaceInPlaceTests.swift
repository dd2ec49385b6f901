import Records
import Stages
import TestSupport
import Testing

/// Mode `replace` changes what a table holds, and leaves the table what it is to others.
@Suite struct ReplaceInPlaceTests {
    private let database: TestDatabase

    init() async throws {
        database = try await TestDatabase(.postgres)
        try await database.loader().load(.pairs, Batch([["1", "a"], ["2", "b"], ["3", "c"]]))
        let reader = "reader_\(database.place.suffix(8))"
        try await database.query(
            """
            CREATE ROLE \(reader); GRANT SELECT ON pairs TO \(reader);
            CREATE VIEW notes AS SELECT note FROM pairs;
            CREATE TABLE loans (id text REFERENCES pairs (id), person text);
            INSERT INTO loans VALUES ('2', 'Ann')
            """
        )
    }

    private func surroundings() async throws -> [[String?]] {
        try await database.query(
            """
            SELECT oid::text, relacl::text, relfilenode::text FROM pg_class WHERE oid = 'pairs'::regclass
            UNION ALL SELECT conrelid::regclass::text, conname, convalidated::text FROM pg_constraint
                WHERE confrelid = 'pairs'::regclass
            """
        )
    }

    @Test func grantsViewsAndForeignKeysStay() async throws {
        let before = try await surroundings()
        let counts = try await database.loader("mode: replace").load(.pairs, Batch([["2", "x"], ["4", "d"]]))
        #expect(counts == LoadCounts(written: 2, updated: 1, retired: 2))
        #expect(try await surroundings() == before)
        #expect(before.count == 2)
        #expect(try await database.query("SELECT note FROM notes ORDER BY 1") == [["d"], ["x"]])
        #expect(try await database.query("SELECT person FROM loans JOIN pairs USING (id)") == [["Ann"]])
    }

    @Test func aRowThatOthersNeedKeepsAllAsItWas() async throws {
        let refusal = try await failure {
            try await database.loader("mode: replace").load(.pairs, Batch([["1", "x"], ["3", "c"]]))
        }
        #expect(refusal.code == .destinationFailed)
        #expect(refusal.message.contains("table loans still refers to it (foreign key loans_id_fkey)"))
        #expect(try await database.query("SELECT * FROM pairs ORDER BY 1") == [["1", "a"], ["2", "b"], ["3", "c"]])
    }
}
