import Records
import Stages
import Testing

/// Rows that the table's own trigger keeps, although the load deletes them.
@Suite struct HeldBackTests {
    private static let keyless = Schema("pairs", "", key: [], Schema.pairs.fields)

    private func holdBack(_ kind: TestDatabase.Kind, _ database: TestDatabase) async throws {
        switch kind {
        case .sqlite:
            try await database.query(
                "CREATE TRIGGER hold BEFORE DELETE ON pairs WHEN old.id = '2' BEGIN SELECT RAISE(IGNORE); END"
            )
        case .postgres:
            try await database.query(
                """
                CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN RETURN CASE WHEN old.id = '2' THEN NULL ELSE old END; END $$;
                CREATE TRIGGER hold BEFORE DELETE ON pairs FOR EACH ROW EXECUTE FUNCTION hold()
                """
            )
        }
    }

    private static let loads: [(settings: String, schema: Schema, removed: [[TestValue]], gone: Int)] = [
        ("removed: delete", .pairs, [["1", "a"], ["2", "b"]], 2),
        ("mode: replace", .pairs, [], 2),
        ("mode: replace", keyless, [], 2),
        ("mode: append", keyless, [], 2),
    ]

    @Test(arguments: TestDatabase.Kind.allCases, loads.indices)
    func areFoundOut(kind: TestDatabase.Kind, load: Int) async throws {
        let (settings, schema, removed, gone) = Self.loads[load]
        let database = try await TestDatabase(kind)
        let loader = try database.loader(settings)
        let rows = Batch([["1", "a"], ["2", "b"], ["3", "c"]])
        try await loader.load(schema, rows)
        try await holdBack(kind, database)
        let left = Batch([["3", "c"]])
        let refusal = try await failure {
            if removed.isEmpty { return try await loader.load(schema, left) }
            return try await loader.load(schema, left, Batch(removed, isRemoved: true))
        }
        #expect(refusal.code == .destinationFailed)
        #expect(
            refusal.message == "\(gone) rows were to be deleted from pairs, but \(gone - 1) were; nothing was changed"
        )
        #expect(try await database.query("SELECT count(*) FROM pairs") == [["3"]])
    }

    @Test func aRuleIsFoundOutToo() async throws {
        let database = try await TestDatabase(.postgres)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, Batch([["1", "a"], ["2", "b"]]))
        try await database.query("CREATE RULE hold AS ON DELETE TO pairs DO INSTEAD NOTHING")
        let refusal = try await failure { try await load.load(.pairs, Batch([["2", "b"]])) }
        #expect(refusal.message == "1 row was to be deleted from pairs, but 0 were; nothing was changed")
    }
}
