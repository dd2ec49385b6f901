import Foundation
import TestSupport
import Testing

/// axport is killed in the middle of loads of every mode: a reader sees the rows of one run, whole, and the next run
/// goes through.
@Suite(.timeLimit(.minutes(2))) struct KilledLoadTests {
    private let server: PostgresServer
    private let database: String

    init() async throws {
        server = try await PostgresServer.shared()
        database = try server.freshDatabase()
    }

    /// Every row has the version that its run was started with, so each run changes every row.
    private var pipeline: String {
        let columns = "columns: [serial_number, version]"
        let postgres = "  - postgres: { url: \"\(database)\", \(columns)"
        return """
            source: { platform: sandbox, devices: 600 }
            inventory: inventory.sqlite
            extract: [devices]
            transform: [compute: { version: "'${env:VERSION}'" }]
            load:
            \(postgres), table: merged }
            \(postgres), table: replaced, mode: replace }
            \(postgres), table: appended, mode: append }
            \(postgres), table: kept, history: true }
              - sqlite: { file: out/a.sqlite, table: merged, \(columns) }
              - sqlite: { file: out/a.sqlite, table: replaced, mode: replace, \(columns) }
              - csv: { file: out/a.csv, line_ending: lf, \(columns) }
              - ndjson: { file: out/a.ndjson, \(columns) }
            """
    }

    /// Versions and rows of every place at one moment: a whole place has one version in all of its rows.
    private func places(_ command: Command) throws -> [[String?]] {
        func whole(_ place: String, _ rows: String) -> String {
            "SELECT '\(place)', count(DISTINCT version), count(*), max(version) FROM \(rows)"
        }
        let tables = [whole("merged", "merged"), whole("replaced", "replaced")]
        var places = try server.query(
            (tables + [
                whole("kept", "kept"), whole("appended", "appended GROUP BY run_id"),
                whole("history", "kept_history WHERE valid_to IS NULL"),
                whole(
                    "table and history",
                    "kept JOIN kept_history USING (serial_number, version) WHERE valid_to IS NULL"
                ),
            ]).joined(separator: " UNION ALL "),
            database: database
        )
        let sqlite = try Program.run(
            "/usr/bin/env",
            [
                "sqlite3", "-cmd", ".timeout 5000", "\(command.folder)/out/a.sqlite",
                tables.joined(separator: " UNION ALL "),
            ]
        )
        try #require(sqlite.status == 0, "\(sqlite.errors)")
        places += sqlite.output.split(separator: "\n").map { $0.split(separator: "|").map { String($0) } }
        for file in ["out/a.csv", "out/a.ndjson"] {
            let lines = try command.read(file).split(separator: "\n").dropFirst(file.hasSuffix(".csv") ? 1 : 0)
            let versions = Set(lines.map { $0.split { $0 == "," || $0 == ":" }.last.map(String.init) })
            places.append([file, "\(versions.count)", "\(lines.count)", versions.first ?? nil])
        }
        return places
    }

    private func expectWhole(
        _ command: Command,
        _ rows: Int,
        _ moment: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for place in try places(command) {
            #expect(place[1...2] == ["1", "\(rows)"], "\(moment): \(place)", sourceLocation: sourceLocation)
        }
    }

    private func end(_ run: Process) async throws {
        kill(run.processIdentifier, SIGKILL)
        try await run.ended()
    }

    @Test("T1: killed at any step of any mode, a reader sees whole old or whole new states, and the next run converges")
    func killedAtAnyStep() async throws {
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder, environment: ["VERSION": "first"])
            try command.write(pipeline, to: "test.axport.yaml")
            #expect(try await command("run", "test.axport.yaml").status == 0)
            let rows = try server.count("SELECT count(*) FROM merged", database)
            #expect(rows > 500)
            var duration = Duration.seconds(60)
            for version in ["second", "third"] {
                let began = ContinuousClock.now
                command.environment["VERSION"] = version
                #expect(try await command("run", "--offline", "test.axport.yaml").status == 0)
                duration = min(duration, ContinuousClock.now - began)
            }
            try expectWhole(command, rows, "before")

            var killed = 0
            for step in 1...12 {
                command.environment["VERSION"] = "step \(step)"
                let run = try command.start("run", "--offline", "test.axport.yaml")
                try await Task.sleep(for: duration * step / 13)
                if run.isRunning { killed += 1 }
                try await end(run)
                try expectWhole(command, rows, "killed after \(step)/13")
            }
            #expect(killed > 6)

            // While the server merges, whatever the machine's speed: every load before this one is done.
            for table in ["merged", "replaced", "appended", "kept", "kept_history"] {
                command.environment["VERSION"] = "in \(table)"
                let holder = try PostgresSession(
                    server,
                    database: database,
                    "BEGIN; LOCK TABLE \(table) IN SHARE ROW EXCLUSIVE MODE"
                )
                let run = try command.start("run", "--offline", "test.axport.yaml")
                try await server.untilALoadWaits(database)
                try expectWhole(command, rows, "waiting for \(table)")
                try await end(run)
                withExtendedLifetime(holder) {}
                try expectWhole(command, rows, "killed in \(table)")
            }

            command.environment["VERSION"] = "last"
            let last = try await command("run", "--offline", "test.axport.yaml")
            #expect(last.status == 0, "\(last.errors)")
            try expectWhole(command, rows, "after")
            for place in try places(command) where place[0] != "appended" {
                #expect(place[3]?.contains("last") == true, "\(place)")
            }
            #expect(try server.count("SELECT count(*) FROM appended WHERE version = 'last'", database) == rows)
            let overlaps = """
                SELECT count(*) FROM kept_history AS a JOIN kept_history AS b USING (serial_number)
                WHERE a.valid_from < b.valid_from AND coalesce(a.valid_to, 'infinity') > b.valid_from
                """
            #expect(try server.count(overlaps, database) == 0)
            #expect(try command.files.filter { $0.hasPrefix("out/") } == ["out/a.csv", "out/a.ndjson", "out/a.sqlite"])
        }
    }
}
