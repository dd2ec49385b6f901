import Foundation
import TestSupport
import Testing

/// What the shipped pipelines load into PostgreSQL, read by psql's own server.
@Suite struct ShippedTableTests {
    @Test func nightlyTables() async throws {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        for script in ["1-tables", "2-constraints", "3-views"] {
            try postgres.apply(Repository.path("sql/postgres/\(script).sql"), database: database)
        }
        try await ReadBack.run("nightly-postgres", environment: ["DATABASE_URL": database]) { _ in
            let devices = try postgres.query(
                "SELECT serial_number, imei1, imei2, device_model, server_name FROM axport.devices ORDER BY 1",
                database: database
            )
            #expect(
                devices == [
                    ["C.22222222", nil, "001003211676807", HostileFleet.model, HostileFleet.server],
                    ["C111111111", "352099001761481", "001003211818169", "iPhone 11 Pro Max", HostileFleet.server],
                    ["C333333333", nil, nil, HostileFleet.long, nil], ["C444444444", nil, nil, nil, nil],
                ]
            )
            let records = try postgres.query(
                "SELECT serial_number, coverage_id, description FROM axport.coverage ORDER BY 1",
                database: database
            )
            #expect(
                records == [
                    ["C111111111", "1111111111", "AppleCare+ 1"], ["C333333333", "1", "Care, \"1\"\r\n\ttwo"],
                ]
            )
            let rejects = try postgres.query(
                "SELECT serial_number, value FROM axport.rejects WHERE code = 'repeated_key'",
                database: database
            )
            #expect(rejects == [["C333333333", #"1: {"description":"Limited Warranty","status":"INACTIVE"}"#]])
            let others = try [
                "SELECT server_name FROM axport.servers", "SELECT imei1 FROM axport.esim",
                "SELECT coverage_count FROM axport.devices WHERE serial_number = 'C333333333'",
            ].map { try postgres.query($0, database: database) }
            #expect(others == [[[HostileFleet.server]], [["352099001761481"]], [["1"]]])
        }
    }

    @Test func radcheck() async throws {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        _ = try postgres.query(
            """
            CREATE TABLE radcheck (id serial PRIMARY KEY, username text NOT NULL DEFAULT '', attribute text NOT NULL DEFAULT '',
              op varchar(2) NOT NULL DEFAULT '==', value text NOT NULL DEFAULT '', managed_by text);
            INSERT INTO radcheck (username) VALUES ('printer')
            """,
            database: database
        )
        try await ReadBack.run("nac-freeradius-sql", environment: ["RADIUS_DATABASE_URL": database]) { _ in
            let found = try postgres.query(
                "SELECT username, attribute, op, value, managed_by FROM radcheck ORDER BY username",
                database: database
            )
            let ours: [[String?]] = ["10e2c9111111", "10e2c9222222", "10e2c9333333", "10e2c9333334"].map {
                [$0, "Cleartext-Password", ":=", $0, "axport"]
            }
            #expect(found == ours + [["printer", "", "==", "", nil]])
        }
    }

    @Test func severalOrganizations() async throws {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        _ = try postgres.query("CREATE SCHEMA assets", database: database)
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: ["DATABASE_URL": database])
            let sources = ["acme", "hill-school"].map {
                "  - { name: \($0), platform: sandbox, devices: 60, seed: 5 }\n"
            }
            let text = try Repository.text("pipelines/several-organizations.axport.yaml")
                .replacing(/sources:\n(  .*\n)+/, with: "sources:\n\(sources.joined())")
            try command.write(text, to: "test.axport.yaml")
            let inventories = "\(folder)/.local/state/axport"
            try FileManager.default.createDirectory(atPath: inventories, withIntermediateDirectories: true)
            for name in ["acme", "hill-school"] {
                try HostileFleet.fill("\(inventories)/\(name).sqlite", identity: "sandbox of 60 devices, seed 5")
            }
            let run = try await command("run", "test.axport.yaml", "--offline")
            #expect(run.status == 0 || run.status == 3, "\(run.errors)")
            let counts =
                "SELECT source, count(*), count(DISTINCT device_model) FROM assets.devices GROUP BY 1 ORDER BY 1"
            #expect(
                try postgres.query(counts, database: database) == [["acme", "4", "3"], ["hill-school", "4", "3"]]
            )
            let files = ReadBack(command: command)
            for name in ["acme", "hill-school"] {
                let rows = try await files.csv("out/\(name)/devices.csv", by: "serial_number")
                #expect(Set(rows.keys) == ReadBack.serials)
                #expect(rows["C.22222222"]?["device_model"] == HostileFleet.model)
            }
        }
    }

    /// None is forgotten.
    @Test func everyShippedPipelineIsReadBack() throws {
        let tests = try ["AssetFileTests", "AllowlistFileTests", "ShippedTableTests"].map {
            try Repository.text("Tests/axportTests/ReadBack/\($0).swift")
        }.joined()
        for file in try Repository.files(in: "pipelines", suffix: ".axport.yaml") {
            if try Repository.text(file).contains("\nassign:\n") { continue }
            #expect(
                tests.contains("\"\(Consumer.name(of: file))\"")
                    || tests.contains("pipelines/\(Consumer.name(of: file))."),
                "\(file)"
            )
        }
    }
}
