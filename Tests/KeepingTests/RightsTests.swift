import Records
import TestSupport
import Testing

@testable import Keeping

@Suite struct RightsTests {
    /// Runs what the advice says, as the owner of the database.
    private func follow(_ refusal: Failure, _ keep: Keep) throws {
        let advice = try #require(refusal.advice)
        _ = try keep.query(String(try #require(advice.split(separator: "run: ", maxSplits: 1).last)))
    }

    @Test func missingRightsAreNamedWithTheStatementThatGrantsThem() async throws {
        let keep = try await Keep()
        let role = "keeper_\(Int.random(in: 0..<1_000_000_000))"
        _ = try keep.query("CREATE ROLE \(role) LOGIN")
        let schema = try await failure { _ = try await keep.lease(user: role) }
        #expect(schema.message.contains("this role lacks rights to keep inventories"), "\(schema)")
        #expect(schema.advice?.contains("CREATE SCHEMA axport_inventory AUTHORIZATION \(role);") == true)
        try follow(schema, keep)
        await (try await keep.lease(user: role)).end(served: nil)

        // Tables of a DBA.
        _ = try keep.query("DROP SCHEMA axport_inventory CASCADE; \(KeepingTables.layout)")
        let tables = try await failure { _ = try await keep.lease(user: role) }
        #expect(tables.advice?.contains("GRANT SELECT, INSERT, UPDATE, DELETE") == true, "\(tables)")
        try follow(tables, keep)
        let kept = try await keep.open("w6", keep.lease(user: role))
        _ = try await kept.store()
        await kept.close(served: nil)

        // A schema without tables.
        _ = try keep.query("DROP SCHEMA axport_inventory CASCADE; CREATE SCHEMA axport_inventory")
        let empty = try await failure { _ = try await keep.lease(user: role) }
        #expect(empty.advice?.contains("GRANT USAGE, CREATE ON SCHEMA") == true, "\(empty)")
        try follow(empty, keep)
        await (try await keep.lease(user: role)).end(served: nil)
        _ = try keep.query("DROP SCHEMA axport_inventory CASCADE; DROP ROLE \(role)")
    }

    @Test func onlyTheLoadingRoleCanReadAndOthersAreNamed() async throws {
        let keep = try await Keep()
        let number = Int.random(in: 0..<1_000_000_000)
        let (role, reader) = ("keeper_\(number)", "reader_\(number)")
        _ = try keep.query(
            """
            CREATE ROLE \(role) LOGIN; CREATE ROLE \(reader);
            CREATE SCHEMA axport_inventory AUTHORIZATION \(role);
            ALTER DEFAULT PRIVILEGES FOR ROLE \(role) GRANT SELECT ON TABLES TO \(reader)
            """
        )
        let lease = try await keep.lease(user: role)
        #expect(lease.notes == [])
        await lease.end(served: nil)
        _ = try keep.query("GRANT SELECT ON axport_inventory.piece TO \(reader)")
        let open = try await keep.lease(user: role)
        let note = try #require(open.notes.first)
        await open.end(served: nil)
        #expect(note.contains("\(reader) can read the inventories"))
        _ = try keep.query(String(try #require(note.split(separator: "run: ", maxSplits: 1).last)))
        let closed = try await keep.lease(user: role)
        #expect(closed.notes == [])
        await closed.end(served: nil)
        _ = try keep.query(
            """
            ALTER DEFAULT PRIVILEGES FOR ROLE \(role) REVOKE SELECT ON TABLES FROM \(reader);
            DROP SCHEMA axport_inventory CASCADE; DROP ROLE \(role); DROP ROLE \(reader)
            """
        )
    }
}
