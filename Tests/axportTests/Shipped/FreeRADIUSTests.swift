import Foundation
import TestSupport
import Testing

/// What the pipelines for FreeRADIUS write, read by FreeRADIUS itself. The simulated fleet has the awkward values.
@Suite(.enabled(if: FreeRADIUSServer.isReadable, "Debian's configuration can be read by root and the group freerad"))
struct FreeRADIUSTests {
    private static let unlisted = "3c22fbffffff"

    @Test func authorizeFileLetsListedAddressesIn() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let pipeline = try Repository.text("pipelines/nac-freeradius-files.axport.yaml")
            try command.write(Consumer.onSandbox(pipeline, devices: 2000), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let authorize = try command.read("out/authorize")
            let check = try await FreeRADIUSServer.check(authorize: authorize)
            #expect(check.status == 0, "\(check.output)")

            let listed = authorize.split(separator: "\n").map { String($0.prefix(12)) }
            #expect(listed.count > 1000)
            let server = try await FreeRADIUSServer(authorize: authorize)
            // The first line is the one that a byte-order mark would spoil.
            for mac in [listed[0], listed[listed.count / 2], listed[listed.count - 1]] {
                #expect(try await server.accepts(mac), "\(mac)")
            }
            #expect(!listed.contains(Self.unlisted))
            #expect(try await !server.accepts(Self.unlisted))
            #expect(try await !server.accepts(listed[0].uppercased()))
        }
    }

    @Test func aBrokenFileWouldBeNoticed() async throws {
        let check = try await FreeRADIUSServer.check(authorize: "3c22fb005310\tCleartext-Password := \"x\",\n")
        #expect(check.status != 0)
    }

    @Test func databaseLetsListedAddressesInAndOthersKeepTheirRows() async throws {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        _ = try postgres.query(try FreeRADIUSServer.schema(), database: database)
        _ = try postgres.query(
            """
            ALTER TABLE radcheck ADD COLUMN managed_by text;
            INSERT INTO radcheck (username, attribute, op, value)
            VALUES ('printer', 'Cleartext-Password', ':=', 'printer')
            """,
            database: database
        )
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: ["RADIUS_DATABASE_URL": database])
            let pipeline = try Repository.text("pipelines/nac-freeradius-sql.axport.yaml")
            try command.write(Consumer.onSandbox(pipeline, devices: 500), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let first = try Self.managed(postgres, database)
            #expect(first.count > 200)
            let server = try await FreeRADIUSServer(sqlDatabase: database)
            #expect(try await server.accepts(first[0]))
            #expect(try await server.accepts("printer"))
            #expect(try await !server.accepts(Self.unlisted))

            // Devices that the condition no longer meets lose their way in; nobody else's row is touched.
            try command.write(
                Consumer.onSandbox(pipeline, devices: 500)
                    .replacing("('iPhone', 'iPad', 'Mac')", with: "('Mac')")
                    .replacing("only:", with: "max_removed: 100%\n      only:"),
                to: "test.axport.yaml"
            )
            let again = try await command("run", "test.axport.yaml", "--offline")
            #expect(again.status == 0, "\(again.errors)")
            let second = try Self.managed(postgres, database)
            #expect(!second.isEmpty && second.count < first.count)
            let gone = try #require(first.first { !second.contains($0) })
            #expect(try await !server.accepts(gone))
            #expect(try await server.accepts(second[0]))
            #expect(try await server.accepts("printer"))
        }
    }

    /// The addresses that axport keeps in radcheck.
    private static func managed(_ postgres: PostgresServer, _ database: String) throws -> [String] {
        try postgres.query(
            "SELECT username FROM radcheck WHERE managed_by = 'axport' ORDER BY 1",
            database: database
        ).compactMap { $0[0] }
    }
}
