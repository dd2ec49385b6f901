import Foundation
import Sandbox
import TestSupport
import Testing

/// The mistakes about a database that people make before their first night: `axport doctor` names cause and cure.
@Suite struct DestinationMistakeTests {
    private static let start = Task {
        let server = try PostgresServer(access: ["host all ann 127.0.0.1/32 scram-sha-256"])
        _ = try server.query("CREATE ROLE ann LOGIN SUPERUSER PASSWORD 'hunter2'", database: server.url("postgres"))
        return server
    }

    private func examine(
        _ loads: [String],
        user: String = "postgres",
        prepare: (PostgresServer, _ database: String) throws -> Void = { _, _ in },
        _ test: (Command, Program.Run, PostgresServer, _ database: String) async throws -> Void
    ) async throws {
        let server = try await Self.start.value
        let database = try server.freshDatabase()
        try prepare(server, database)
        try await withSandbox(.with(devices: 30)) { command, sandbox in
            var command = command
            command.environment["DATABASE_URL"] = database.replacing("postgres@", with: "\(user)@")
            try command.write(
                "inventory: inventory.sqlite\n"
                    + pipeline(
                        load: loads.map { "  - postgres: { url: \"${env:DATABASE_URL}\", retries: 0, \($0) }" }
                            .joined(separator: "\n")
                    ),
                to: "night.axport.yaml"
            )
            let run = try await command("doctor", "night.axport.yaml")
            try await test(command, run, server, database)
            #expect(await sandbox.statistics.requests[.devices, default: 0] <= 2)
            #expect(!command.exists("inventory.sqlite"))
        }
    }

    @Test func aWrongPassword() async throws {
        try await examine(["table: devices", "table: others"], user: "ann:hunter3") { _, run, _, _ in
            #expect(run.status == 73, "\(run.output)")
            #expect(run.output.contains("✗ postgres devices, postgres others: "), "\(run.output)")
            #expect(run.output.contains("password authentication failed for user \"ann\""), "\(run.output)")
            #expect(run.output.contains("hint: "))
            #expect(!run.output.contains("hunter3"))
        }
    }

    @Test func aMissingSchema() async throws {
        try await examine(["table: assets.devices"]) { command, run, server, database in
            #expect(run.status == 73, "\(run.output)")
            #expect(run.output.contains("✗ postgres assets.devices: "), "\(run.output)")
            let cure = try #require(run.output.firstMatch(of: /CREATE SCHEMA "?assets"?/), "\(run.output)").output
            _ = try server.query(String(cure), database: database)
            #expect(try await command("doctor", "night.axport.yaml").status == 0)
        }
    }

    @Test func missingColumns() async throws {
        try await examine(["table: devices, columns: [serial_number, color]"]) { server, database in
            _ = try server.query("CREATE TABLE devices (serial_number text PRIMARY KEY)", database: database)
        } _: { command, run, _, _ in
            #expect(run.status == 73, "\(run.output)")
            #expect(run.output.contains("✗ postgres devices: ") && run.output.contains("color"), "\(run.output)")
            #expect(run.output.contains("it has no column color"), "\(run.output)")
            #expect(run.output.contains("hint: add what is missing with `migrate: true`"), "\(run.output)")
            try command.write(
                command.read("night.axport.yaml").replacing("retries: 0", with: "migrate: true"),
                to: "night.axport.yaml"
            )
            #expect(try await command("doctor", "night.axport.yaml").status == 0)
        }
    }

    @Test func aReadyTableIsDescribedAndLeftAlone() async throws {
        try await examine(["table: devices"]) { _, run, server, database in
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.contains("✓ postgres devices: PostgreSQL "), "\(run.output)")
            #expect(run.output.contains("table devices will be created"))
            let tables = try server.count("SELECT count(*) FROM pg_class WHERE relname = 'devices'", database)
            #expect(tables == 0)
        }
    }

    @Test func offlineLeavesTheDatabaseAlone() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                source: { platform: sandbox }
                inventory: inventory.sqlite
                extract: [devices]
                load:
                  - postgres: { url: "postgresql://127.0.0.1:9/nowhere", table: devices }
                  - csv: { file: devices.csv }
                """,
                to: "night.axport.yaml"
            )
            let run = try await command("doctor", "night.axport.yaml", "--offline")
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.contains("· postgres devices: not asked: --offline"), "\(run.output)")
            #expect(run.output.contains("✓ csv \(folder)/devices.csv: "), "\(run.output)")
        }
    }
}
