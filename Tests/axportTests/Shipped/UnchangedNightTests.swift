import Foundation
import TestSupport
import Testing

/// A night in which nothing changed at Apple: no shipped pipeline writes a row or a file, and a plan says so before.
@Suite struct UnchangedNightTests {
    /// Those that load only files, or a database in a file.
    static let ofFiles = ((try? Repository.files(in: "pipelines", suffix: ".axport.yaml")) ?? []).filter {
        !["nightly-postgres", "several-organizations", "nac-freeradius-sql", "assign-new-devices"].contains(
            Consumer.name(of: $0)
        )
    }

    private struct FileState: Equatable {
        let number: Int?
        let modified: Date?
        let contents: Data
    }

    /// Each file below `out` with its sidecars, except inventories. Any writing would show.
    private func files(_ command: Command) throws -> [String: FileState] {
        var state: [String: FileState] = [:]
        for file in try command.files where file.hasPrefix("out/") && !file.contains("inventory.sqlite") {
            let path = "\(command.folder)/\(file)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            state[file] = FileState(
                number: attributes[.systemFileNumber] as? Int,
                modified: attributes[.modificationDate] as? Date,
                contents: try Data(contentsOf: URL(fileURLWithPath: path))
            )
        }
        return state
    }

    /// Runs a pipeline, and twice on the next day: with Apple, and from the inventory. Each time after a plan.
    ///
    /// - Parameter rows: what must stay as it is in a database.
    private func nights(
        _ text: String,
        environment: [String: String] = [:],
        rows: () throws -> [[String?]] = { [] }
    ) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: environment)
            try command.write(text, to: "test.axport.yaml")
            let plan = ["plan", "test.axport.yaml", "--detailed-exitcode"]
            let first = try await command("run", "test.axport.yaml")
            #expect(first.status == 0, "\(first.errors)")
            let (before, rowsBefore) = (try files(command), try rows())
            #expect(!before.isEmpty || !rowsBefore.isEmpty)
            var next = command
            next.environment.merge(try ClockShift.environment(seconds: 86_400)) { $1 }
            for options in [[], ["--offline"]] {
                let planned = try await next(plan)
                #expect(planned.status == 0, "\(planned.output)\(planned.errors)")
                let run = try await next(["run", "test.axport.yaml"] + options)
                #expect(run.status == 0, "\(run.errors)")
                #expect(try files(command) == before)
                #expect(try rows() == rowsBefore)
            }
        }
    }

    @Test(arguments: ofFiles) func noFileIsWritten(_ pipeline: String) async throws {
        // Files that are named for their day are new each day, so their name is fixed here.
        let text = Consumer.onSandbox(try Repository.text(pipeline), devices: 300)
        try await nights(text.replacing(/tests:\n([ #].*\n|\n)*/, with: ""))
    }

    /// Each version of each row. The dataset `runs` only grows.
    private func versions(_ tables: [String], _ postgres: PostgresServer, _ database: String) throws -> [[String?]] {
        try tables.flatMap {
            try postgres.query("SELECT '\($0)', xmin, ctid, t::text FROM \($0) AS t ORDER BY ctid", database: database)
        }
    }

    /// In the tables of `sql/postgres`, or in those that the first run makes; with the history of each row, or without.
    @Test(arguments: [true, false], [true, false]) func noRowOfTheStandardModel(isMadeByHand: Bool, hasHistory: Bool)
        async throws
    {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        if isMadeByHand {
            for script in ["1-tables", "2-constraints", "3-views"] {
                try postgres.apply(Repository.path("sql/postgres/\(script).sql"), database: database)
            }
        } else {
            _ = try postgres.query("CREATE SCHEMA axport", database: database)
        }
        var text = Consumer.onSandbox(try Repository.text("pipelines/nightly-postgres.axport.yaml"), devices: 300)
        if hasHistory { text = text.replacing("max_removed: 5% }", with: "max_removed: 5%, history: true }") }
        let tables = ["devices", "coverage", "servers", "changes", "rejects"].map { "axport.\($0)" }
        try await nights(text, environment: ["DATABASE_URL": database]) {
            try versions(tables + (hasHistory ? ["axport.devices_history"] : []), postgres, database)
        }
        let counts = try postgres.query(
            "SELECT (SELECT count(*) FROM axport.rejects), (SELECT count(*) FROM axport.runs WHERE status = 'done')",
            database: database
        )
        #expect(counts.first?.last == "3")
        #expect(counts.first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0 > 10)
        let runs = try postgres.query("SELECT count(DISTINCT run_id) FROM axport.rejects", database: database)
        #expect(runs == [["1"]])
    }

    @Test func noRowOfSeveralOrganizations() async throws {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        _ = try postgres.query("CREATE SCHEMA assets", database: database)
        let sources = [("acme", 5), ("hill-school", 6)].map {
            "  - { name: \($0), platform: sandbox, devices: 200, seed: \($1) }\n"
        }
        let text = Consumer.onSandbox(try Repository.text("pipelines/several-organizations.axport.yaml"))
            .replacing(/sources:\n(  .*\n)+/, with: "sources:\n\(sources.joined())")
            .replacing(", applecare]", with: ", applecare: { as_of: 2026-01-15 }]")
        try await nights(text, environment: ["DATABASE_URL": database]) {
            try versions(["assets.devices"], postgres, database)
        }
    }

    @Test func noRowOfRadcheck() async throws {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        _ = try postgres.query(
            """
            CREATE TABLE radcheck (id serial PRIMARY KEY, username text NOT NULL DEFAULT '', attribute text NOT NULL DEFAULT '',
              op varchar(2) NOT NULL DEFAULT '==', value text NOT NULL DEFAULT '', managed_by text)
            """,
            database: database
        )
        let text = Consumer.onSandbox(try Repository.text("pipelines/nac-freeradius-sql.axport.yaml"), devices: 300)
        try await nights(text, environment: ["RADIUS_DATABASE_URL": database]) {
            try versions(["radcheck"], postgres, database)
        }
    }
}
