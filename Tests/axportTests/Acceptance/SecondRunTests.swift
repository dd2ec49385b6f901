import Foundation
import Sandbox
import TestSupport
import Testing

/// The same input twice: nothing is written, in no mode and at no place.
@Suite(.timeLimit(.minutes(1))) struct SecondRunTests {
    private let tables = ["merged", "marked", "replaced", "kept", "kept_history", "addresses", "coverage"]

    private func loads(_ database: String) -> String {
        """
          - postgres: { url: "\(database)", table: merged, removed: keep }
          - postgres: { url: "\(database)", table: marked, removed: mark }
          - postgres: { url: "\(database)", table: replaced, mode: replace }
          - postgres: { url: "\(database)", table: kept, history: true }
          - postgres:
              url: "\(database)"
              table: addresses
              transform: [mac_addresses: { interfaces: [wifi, ethernet] }]
          - postgres: { url: "\(database)", from: coverage }
          - sqlite: { file: out/a.sqlite, table: merged }
          - sqlite: { file: out/a.sqlite, table: replaced, mode: replace }
          - csv: { file: out/a.csv, checksum: true, manifest: true, keep_previous: true }
          - csv: { file: out/a.csv.gz }
          - ndjson: { file: out/a.ndjson }
          - ndjson: { file: out/a.ndjson.zst }
          - json: { file: out/a.json }
        """
    }

    private struct FileState: Equatable {
        let number: Int?
        let modified: Date?
        let contents: Data
    }

    /// What each file is and holds: any writing would show in one of them.
    private func state(_ command: Command) throws -> [String: FileState] {
        var state: [String: FileState] = [:]
        for file in try command.files where file.hasPrefix("out/") {
            let path = "\(command.folder)/\(file)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            state[file] = FileState(
                number: attributes[.systemFileNumber] as? Int,
                modified: attributes[.modificationDate] as? Date,
                contents: try Data(contentsOf: URL(fileURLWithPath: path))
            )
        }
        return state
    }

    @Test func theSecondRunWritesNothing() async throws {
        let server = try PostgresServer(settings: ["autovacuum = off"])
        let database = try server.freshDatabase()
        try await withSandbox(.with { $0.devices = 800 }) { command, _ in
            let extract = "[devices, assignments, coverage]"
            let transform = "[imei, eid, mac, storage, applecare: { as_of: 2026-01-15 }]"
            try command.write(
                pipeline(extract: extract, transform: transform, load: loads(database)),
                to: "test.axport.yaml"
            )
            func versions() throws -> [[String?]] {
                try tables.flatMap {
                    try server.query("SELECT xmin, ctid, t::text FROM \($0) AS t ORDER BY ctid", database: database)
                }
            }
            func run(_ arguments: String...) async throws -> (loads: [[String: Any]], log: Int) {
                let place = "SELECT pg_current_wal_insert_lsn() - '0/0'"
                let before = try server.count(place, database)
                let run = try await command(["run", "--json", "test.axport.yaml"] + arguments)
                #expect(run.status == 0, "\(run.errors)")
                return (try run.loads, try server.count(place, database) - before)
            }
            let first = try await run()
            #expect(first.loads.count == 13)
            for load in first.loads { #expect((load["written"] as? Int ?? 0) > 100, "\(load)") }
            let (rows, files) = (try versions(), try state(command))
            #expect(rows.count > 5000 && files.count >= 8)

            // The second one asks Apple again, the third reads the inventory.
            for arguments in [[], ["--offline"]] {
                let again = try await run(arguments.first ?? "--json")
                for load in again.loads {
                    let counts = ["written", "retired", "deleted"].map { load[$0] as? Int }
                    #expect(counts == [0, 0, 0], "\(load)")
                    #expect((load["unchanged"] as? Int ?? 0) > 100, "\(load)")
                }
                #expect(try versions() == rows)
                #expect(try state(command) == files)
                // The catalog's rows of two temporary tables for each load.
                #expect(again.log < 6 * 80_000, "\(again.log) bytes of WAL after \(first.log)")
            }
        }
    }
}
