import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct InventoryPromiseTests {
    @Test func deletingTheInventoryCostsAFullRunAndNothingElse() async throws {
        try await withSandbox { command, sandbox in
            let columns = "serial_number, server_id, coverage_state, removed_at"
            let load = "  - ndjson: { file: out/devices.ndjson, order: serial, columns: [\(columns)] }"
            let text = pipeline(extract: "[devices, assignments, coverage]", load: load)
            try command.write(text, to: "test.axport.yaml")
            func run() async throws -> (rows: String, requests: Int) {
                let before = await sandbox.statistics.apiRequests
                let run = try await command("run", "test.axport.yaml")
                #expect(run.status == 0, "\(run.errors)")
                return (try command.read("out/devices.ndjson"), await sandbox.statistics.apiRequests - before)
            }
            let first = try await run()
            let second = try await run()
            #expect(second.requests < 20)
            let state = "\(command.folder)/.local/state/axport"
            let files = try FileManager.default.contentsOfDirectory(atPath: state)
            #expect(files.contains { $0.hasSuffix(".sqlite") })
            for file in files { try FileManager.default.removeItem(atPath: "\(state)/\(file)") }
            let third = try await run()
            #expect(third.requests == first.requests)
            #expect(third.rows == first.rows && second.rows == first.rows)
        }
    }

    /// Rows are read ahead of those that are being written.
    @Test func whatCannotBeReadToTheEndChangesNothing() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let loads = ["csv: { file: out/devices.csv }", "sqlite: { file: out/devices.sqlite, table: devices }"]
            let pipeline = """
                source: { platform: sandbox, devices: 5000 }
                inventory: inventory.sqlite
                extract: [devices]
                load:
                  - \(loads[0])
                  - \(loads[1])
                """
            try command.write(pipeline, to: "test.axport.yaml")
            let first = try await command("run", "test.axport.yaml")
            #expect(first.status == 0, "\(first.errors)")
            let file = try command.read("out/devices.csv")
            func table(_ sql: String) throws -> String {
                try Program.run("/usr/bin/env", ["sqlite3", "\(folder)/out/devices.sqlite", sql]).output
            }
            // A load would set it back.
            _ = try table("UPDATE devices SET color = 'mine'")
            let inventory = try FileHandle(forUpdating: URL(fileURLWithPath: "\(folder)/inventory.sqlite"))
            let size = try inventory.seekToEnd()
            try inventory.seek(toOffset: size * 6 / 10 / 4096 * 4096)
            try inventory.write(contentsOf: Data(repeating: 0xFF, count: 16 * 4096))
            try inventory.close()
            let second = try await command("run", "test.axport.yaml", "--offline")
            #expect(second.status == 73)
            let both = "csv \(folder)/out/devices.csv, sqlite \(folder)/out/devices.sqlite (devices)"
            #expect(second.errors.contains("\(both): inventory \(folder)/inventory.sqlite is damaged"))
            #expect(second.errors.contains("delete it; the next run then reads everything"))
            #expect(try command.read("out/devices.csv") == file)
            #expect(try table("SELECT DISTINCT color FROM devices") == "mine\n")
            #expect(try command.files.filter { $0.hasPrefix("out/") } == ["out/devices.csv", "out/devices.sqlite"])
        }
    }

    /// What SQLite may have to undo then exceeds the memory for it, and goes into a temporary file.
    @Test(arguments: [6000, 10_000]) func aStatementMayChangeManyPages(devices: Int) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let pipeline = """
                source: { platform: sandbox, devices: \(devices) }
                inventory: inventory.sqlite
                extract: [devices, assignments]
                load:
                  - csv: { file: out/devices.csv, columns: [serial_number, server_id] }
                """
            try command.write(pipeline, to: "test.axport.yaml")
            for _ in 0..<2 {
                let run = try await command("run", "test.axport.yaml", "--full")
                #expect(run.status == 0, "\(run.errors)")
            }
        }
    }
}
