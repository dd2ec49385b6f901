import Foundation
import TestSupport
import Testing

/// The scripts in `sql/postgres`, run by hand as their README says, and the pipeline that loads them.
@Suite struct StandardModelTests {
    let postgres: PostgresServer
    let owner: String
    /// The same database for a user who may load and nothing else.
    let loader: String

    init() async throws {
        postgres = try await PostgresServer.shared()
        owner = try postgres.freshDatabase()
        let database = try #require(owner.split(separator: "/").last.map(String.init))
        let scripts = try Repository.files(in: "sql/postgres", suffix: ".sql").sorted()
        #expect(scripts.count == 5)
        // The last one may be run again when a table was added.
        for script in scripts + scripts.suffix(1) { try postgres.apply(Repository.path(script), database: owner) }
        _ = try postgres.query("CREATE ROLE loads_\(database) LOGIN IN ROLE axport_load", database: owner)
        _ = try postgres.query("CREATE ROLE reads_\(database) LOGIN IN ROLE axport_read", database: owner)
        loader = postgres.url(database, user: "loads_\(database)")
    }

    @Test func aUserWhoMayOnlyLoadRunsTheNightlyPipeline() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: ["DATABASE_URL": loader])
            let pipeline = try Repository.text("pipelines/nightly-postgres.axport.yaml")
            try command.write(Consumer.onSandbox(pipeline, devices: 300), to: "night.axport.yaml")
            let run = try await command("run", "night.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")

            for table in ["devices", "coverage", "servers", "rejects", "runs"] {
                #expect(try count("axport.\(table)") > 0, "\(table)")
            }
            let views = try postgres.query(
                "SELECT viewname FROM pg_views WHERE schemaname = 'axport'",
                database: owner
            )
            #expect(views.count == 6)
            for view in views { _ = try count("axport.\(try #require(view[0]))") }
            #expect(try count("axport.assets") == count("axport.devices WHERE removed_at IS NULL"))
            #expect(try count("axport.esim") > 0)
            #expect(try count("axport.latest_runs WHERE pipeline = 'nightly-postgres'") == 1)
            try await expectTheAddressesOfTheStage(command)
            try expectNoRights()

            let again = try await command("run", "night.axport.yaml", "--offline")
            #expect(again.status == 0, "\(again.errors)")
            // That of the list above is among them.
            #expect(try count("axport.runs") == 3)
        }
    }

    /// What the nightly pipeline leaves out.
    private static let assignments =
        "{ url: \"${env:DATABASE_URL}\", table: axport.assignments_log, from: assignments_log }"

    @Test func theTablesAreThoseThatALoadMakes() async throws {
        try await withTemporaryFolder { folder in
            let other = try postgres.freshDatabase()
            _ = try postgres.query("CREATE SCHEMA axport", database: other)
            let command = Command(folder: folder, environment: ["DATABASE_URL": other])
            let pipeline = try Repository.text("pipelines/nightly-postgres.axport.yaml")
                .replacing("  - details\n", with: "  - details\n  - activation_lock\n")
                .replacing("from: runs }\n", with: "from: runs }\n  - postgres: \(Self.assignments)\n")
            try command.write(Consumer.onSandbox(pipeline), to: "night.axport.yaml")
            let run = try await command("run", "night.axport.yaml")
            // One device's lock is in a state that Apple's API cannot express.
            #expect([0, 3].contains(run.status), "\(run.errors)")
            let columns = """
                SELECT c.table_name, c.column_name, c.data_type, c.is_nullable, col_description(
                    format('axport.%I', c.table_name)::regclass, c.ordinal_position
                ) FROM information_schema.columns AS c JOIN pg_tables AS t
                    ON t.schemaname = c.table_schema AND t.tablename = c.table_name
                WHERE c.table_schema = 'axport' AND c.table_name <> 'rejects' ORDER BY 1, c.ordinal_position
                """
            let made = try postgres.query(columns, database: other)
            #expect(made.count > 80)
            let model = try postgres.query(columns, database: owner)
            #expect(Set(made) == Set(model))
        }
    }

    private func count(_ rows: String) throws -> Int {
        try postgres.query("SELECT count(*) FROM \(rows)", database: owner).first?.first.flatMap {
            $0.flatMap { Int($0) }
        }
            ?? -1
    }

    /// The view and the stage `mac_addresses` say the same of the same devices.
    private func expectTheAddressesOfTheStage(_ command: Command) async throws {
        let list = """
            source: { platform: sandbox, devices: 300, seed: 5 }
            extract: [devices]
            transform: [mac]
            load:
              - csv: { file: list.csv, header: false, columns: [mac], line_ending: lf, transform: [mac_addresses] }
            """
        try command.write(list, to: "list.axport.yaml")
        let run = try await command("run", "list.axport.yaml", "--offline")
        #expect(run.status == 0, "\(run.errors)")
        let stage = Set(try command.read("list.csv").split(separator: "\n").map(String.init))
        let view = try postgres.query("SELECT DISTINCT mac_address::text FROM axport.nac_addresses", database: owner)
        #expect(stage.count > 100)
        #expect(Set(view.compactMap { $0[0] }) == stage)
    }

    private func expectNoRights() throws {
        let refused = [
            (loader, "DROP TABLE axport.devices"), (loader, "CREATE TABLE axport.mine (id int)"),
            (loader, "ALTER TABLE axport.devices ADD COLUMN mine int"),
            (loader.replacing("loads_", with: "reads_"), "DELETE FROM axport.devices"),
        ]
        for (user, statement) in refused {
            #expect(throws: PostgresServerError.self, "\(statement)") {
                try postgres.query(statement, database: user)
            }
        }
        let reader = loader.replacing("loads_", with: "reads_")
        #expect(try !postgres.query("SELECT 1 FROM axport.assets LIMIT 1", database: reader).isEmpty)
    }
}
