import Foundation
import TestSupport
import Testing

/// Connections as psql would make them: from the environment, a service file and a password file.
@Suite struct PostgresEnvironmentTests {
    private static let start = Task {
        let server = try PostgresServer(access: ["host all ann 127.0.0.1/32 scram-sha-256"])
        _ = try server.query(
            "CREATE ROLE ann LOGIN SUPERUSER PASSWORD 'hunter2'",
            database: server.url("postgres")
        )
        return server
    }

    private func withDatabase(_ test: (Command, PostgresServer, _ database: String) async throws -> Void) async throws {
        let server = try await Self.start.value
        let url = try server.freshDatabase()
        let name = try #require(url.split(separator: "/").last.map(String.init))
        try await withTemporaryFolder { folder in try await test(Command(folder: folder), server, name) }
    }

    private func run(
        _ command: Command,
        url: String? = nil,
        _ environment: [String: String]
    ) async throws -> Program.Run {
        let place = url.map { "url: '\($0)', " } ?? ""
        try command.write(
            """
            source: { platform: sandbox }
            inventory: inventory.sqlite
            extract: [devices]
            load:
              - postgres: { \(place)retries: 0, columns: [serial_number, color] }
            """,
            to: "test.axport.yaml"
        )
        var command = command
        command.environment = environment
        return try await command("run", "test.axport.yaml")
    }

    private func expectLoaded(_ run: Program.Run, _ server: PostgresServer, _ database: String) throws {
        #expect(run.status == 0, "\(run.errors)")
        #expect(try server.query("SELECT count(*) > 100 FROM devices", database: server.url(database)) == [["t"]])
    }

    @Test func theEnvironmentAlone() async throws {
        try await withDatabase { command, server, database in
            let environment = [
                "PGHOST": "127.0.0.1", "PGPORT": "\(server.port)", "PGUSER": "ann", "PGDATABASE": database,
                "PGPASSWORD": "hunter2",
            ]
            try expectLoaded(try await run(command, environment), server, database)
        }
    }

    @Test func aURLWithAPasswordFile() async throws {
        try await withDatabase { command, server, database in
            try command.write("127.0.0.1:\(server.port):*:ann:hunter2\n", to: "passwords", mode: 0o600)
            let url = "postgresql://ann@127.0.0.1:\(server.port)/\(database)"
            let environment = ["PGPASSFILE": "\(command.folder)/passwords"]
            try expectLoaded(try await run(command, url: url, environment), server, database)
        }
    }

    @Test func thePasswordFileInTheHomeFolder() async throws {
        try await withDatabase { command, server, database in
            try command.write("127.0.0.1:\(server.port):*:ann:hunter2\n", to: ".pgpass", mode: 0o600)
            let url =
                "host=127.0.0.1 port=\(server.port) user=ann dbname=\(database) passfile=\(command.folder)/.pgpass"
            try expectLoaded(try await run(command, url: url, [:]), server, database)
        }
    }

    private func writeService(_ command: Command, _ server: PostgresServer, _ database: String) throws {
        try command.write(
            """
            [assets]
            host=127.0.0.1
            port=\(server.port)
            user=ann
            dbname=\(database)
            password=hunter2
            connect_timeout=3

            """,
            to: "services"
        )
    }

    @Test func aServiceOfTheEnvironment() async throws {
        try await withDatabase { command, server, database in
            try writeService(command, server, database)
            let environment = ["PGSERVICEFILE": "\(command.folder)/services", "PGSERVICE": "assets"]
            try expectLoaded(try await run(command, environment), server, database)
        }
    }

    @Test(arguments: ["service=assets", "postgresql:///?service=assets"])
    func aServiceThatTheURLNames(url: String) async throws {
        try await withDatabase { command, server, database in
            try writeService(command, server, database)
            let environment = ["PGSERVICEFILE": "\(command.folder)/services"]
            try expectLoaded(try await run(command, url: url, environment), server, database)
        }
    }

    @Test func aServiceThatIsMissingIsNamed() async throws {
        try await withDatabase { command, server, database in
            try writeService(command, server, database)
            let environment = ["PGSERVICEFILE": "\(command.folder)/services"]
            let refused = try await run(command, url: "service=nothing", environment)
            #expect(refused.status == 73)
            #expect(refused.errors.contains("definition of service \"nothing\" not found"), "\(refused.errors)")
        }
    }

    @Test func theAuthorityThatTheEnvironmentNames() async throws {
        try await withTemporaryFolder { folder in
            let authority = try CertificateAuthority(in: folder, name: "ca")
            let other = try CertificateAuthority(in: folder, name: "other")
            let (certificate, key) = try authority.sign(host: "localhost")
            let readable = "chmod a+rx '\(folder)'; if [ $(id -u) = 0 ]; then chown postgres '\(key)'; fi"
            _ = try Program.run("/bin/sh", ["-c", readable])
            let server = try PostgresServer(
                settings: ["ssl = on", "ssl_cert_file = '\(certificate)'", "ssl_key_file = '\(key)'"]
            )
            let url = "postgresql://postgres@localhost:\(server.port)/postgres?hostaddr=127.0.0.1"
            for (file, status) in [(authority.file, Int32(0)), (other.file, 73)] {
                let environment = ["PGSSLMODE": "verify-full", "PGSSLROOTCERT": file]
                let run = try await run(Command(folder: folder), url: url, environment)
                #expect(run.status == status, "\(run.errors)")
                #expect(run.errors.contains("certificate verify failed") == (status == 73))
            }
        }
    }

    @Test(arguments: ["url", "environment", "password file", "service"])
    func aWrongPasswordIsNotShown(from place: String) async throws {
        try await withDatabase { command, server, database in
            var (url, environment) = ("postgresql://ann@127.0.0.1:\(server.port)/\(database)", [String: String]())
            switch place {
            case "url": url = url.replacing("ann@", with: "ann:wrong-horse@")
            case "environment": environment["PGPASSWORD"] = "wrong-horse"
            case "service":
                try command.write("[assets]\npassword=wrong-horse\n", to: "services")
                environment["PGSERVICEFILE"] = "\(command.folder)/services"
                url += "?service=assets"
            default:
                try command.write("*:*:*:*:wrong-horse\n", to: "passwords", mode: 0o600)
                environment["PGPASSFILE"] = "\(command.folder)/passwords"
            }
            let refused = try await run(command, url: url, environment)
            #expect(refused.status == 73)
            #expect(refused.errors.contains(#"password authentication failed for user "ann""#), "\(refused.errors)")
            #expect(!(refused.errors + refused.output).contains("wrong-horse"))
        }
    }
}
