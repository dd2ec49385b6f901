import Foundation
import Sandbox
import TestSupport
import Testing

/// One row that is wrong among many that are right.
@Suite(.timeLimit(.minutes(1))) struct BadRowTests {
    private let server: PostgresServer
    private let database: String

    init() async throws {
        server = try await PostgresServer.shared()
        database = try server.freshDatabase()
    }

    private func withPipeline(_ load: String, _ test: (Command) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: ["LONG": "none"])
            try command.write(
                """
                source: { platform: sandbox, devices: 3000 }
                inventory: inventory.sqlite
                extract: [devices]
                transform:
                  - imei
                  - eid
                  - mac
                  - compute: { note: "iif(serial_number = '${env:LONG}', 'too long for it', 'fits')" }
                load:
                \(load)
                  - csv: { file: out/a.csv, columns: [serial_number, note] }
                """,
                to: "test.axport.yaml"
            )
            try await test(command)
        }
    }

    private func notes() throws -> [[String?]] {
        try server.query("SELECT note, count(*) FROM assets GROUP BY note ORDER BY note", database: database)
    }

    @Test("T2: one value too long for a column of the user's own is refused by name, or listed, and costs no other row")
    func oneValueThatDoesNotFit() async throws {
        _ = try server.query(
            "CREATE TABLE assets (serial_number text PRIMARY KEY, note varchar(4))",
            database: database
        )
        func load(_ unfit: String) -> String {
            "  - postgres: { url: \"\(database)\", table: assets, columns: [serial_number, note], unfit: \(unfit) }"
        }
        try await withPipeline(load("\"${env:UNFIT:-refuse}\"")) { command in
            var command = command
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let all = try notes()
            let rows = try #require(all.first?[1].flatMap { Int($0) })
            #expect(all.count == 1 && rows > 2500)
            // Somewhere in a later batch.
            let middle = "SELECT serial_number FROM assets ORDER BY serial_number OFFSET \(rows / 2) LIMIT 1"
            let serial = try #require(try server.query(middle, database: database).first?[0])

            command.environment["LONG"] = serial
            let refused = try await command("run", "--offline", "test.axport.yaml")
            #expect(refused.status == 65, "\(refused.errors)")
            let message = "note is character varying(4), but 1 value does not fit (serial_number \(serial))"
            #expect(refused.problems.count == 1 && refused.problems[0].contains(message), "\(refused.problems)")
            #expect(try notes() == all)
            #expect(try command.read("out/a.csv").contains("\(serial),too long for it"))

            command.environment["UNFIT"] = "quarantine"
            for _ in 1...2 {
                let run = try await command("run", "--offline", "--json", "test.axport.yaml")
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.output.contains(#""does_not_fit":1"#), "\(run.output)")
                #expect(try notes() == [["fits", "\(rows - 1)"], [nil, "1"]])
            }
        }
    }

    @Test("T2: what Apple sends wrong in one attribute is listed, and costs no row")
    func oneAttributeThatIsWrong() async throws {
        try await withSandbox(.with { $0.devices = 1500 }) { command, sandbox in
            let loads = "  - postgres: { url: \"\(database)\" }\n  - postgres: { url: \"\(database)\", from: rejects }"
            try command.write(pipeline(transform: "[imei, eid, mac]", load: loads), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let listed = sandbox.listedCount
            #expect(try server.count("SELECT count(*) FROM devices", database) == listed)
            #expect(try server.count("SELECT count(*) FROM rejects", database) > 10)
            let unnamed = """
                SELECT count(*) FROM rejects LEFT JOIN devices USING (serial_number)
                WHERE devices.serial_number IS NULL OR "column" = '' OR code = '' OR message = ''
                """
            #expect(try server.count(unnamed, database) == 0)
        }
    }

    @Test("T7: a device that Apple lists twice is one row")
    func aDeviceThatIsListedTwice() async throws {
        try await withSandbox(
            .with {
                $0.devices = 2500
                $0.faults = [Fault(.repeated, 1)]
            }
        ) { command, sandbox in
            let loads = "  - postgres: { url: \"\(database)\" }\n  - csv: { file: a.csv, columns: [serial_number] }"
            try command.write(pipeline(load: loads), to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            #expect(await sandbox.statistics.faults[.repeated] == 2)
            let listed = sandbox.listedCount
            #expect(try server.count("SELECT count(*) FROM devices", database) == listed)
            let serials = try command.lines("a.csv").dropFirst()
            #expect(serials.count == listed && Set(serials).count == listed)
        }
    }

    @Test("T7: rows that repeat the key of their table are refused, with examples, never collapsed")
    func rowsThatRepeatAKey() async throws {
        let load = """
              - postgres: { url: "\(database)", table: families, key: [product_family], columns: [product_family, note] }
            """
        _ = try server.query(
            "CREATE TABLE families (product_family text PRIMARY KEY, note text); INSERT INTO families VALUES ('x', 'old')",
            database: database
        )
        try await withPipeline(load) { command in
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 65, "\(run.errors)")
            let message = "postgres families: rows for families repeat their key (product_family): "
            #expect(run.problems.count == 1 && run.problems[0].contains(message), "\(run.problems)")
            #expect(run.problems.first?.contains("AppleTV") == true)
            #expect(try server.query("TABLE families", database: database) == [["x", "old"]])
        }
    }

    @Test("T9: loading what was refused again refuses the same, and never what is in the list of refused values")
    func quarantineDoesNotLoop() async throws {
        _ = try server.query(
            """
            CREATE TABLE assets (serial_number text PRIMARY KEY, note varchar(3));
            CREATE TABLE rejects (run_id text, dataset text, serial_number text, "column" text, code text,
                value varchar(2), message text, stage text)
            """,
            database: database
        )
        let loads = """
              - postgres: { url: "\(database)", table: assets, columns: [serial_number, note], unfit: quarantine }
              - postgres: { url: "\(database)", from: rejects, unfit: quarantine }
              - csv: { file: out/rejects.csv, from: rejects }
            """
        try await withPipeline(loads) { command in
            var counts: Set<Int> = []
            for night in 1...3 {
                let offline = night == 1 ? [] : ["--offline"]
                let run = try await command(["run", "test.axport.yaml"] + offline)
                #expect(run.status == 0, "\(run.errors)")
                counts.insert(try server.count("SELECT count(*) FROM rejects", database))
                #expect(try command.read("out/rejects.csv").split(separator: "\r\n").count > 2500)
                #expect(try server.count("SELECT count(*) FROM rejects WHERE dataset = 'rejects'", database) == 0)
                #expect(try server.count("SELECT count(DISTINCT run_id) FROM rejects", database) == 1)
            }
            #expect(counts.count == 1, "\(counts)")
            #expect(try server.count("SELECT count(*) FROM rejects WHERE code = 'does_not_fit'", database) > 2500)
        }
    }
}
