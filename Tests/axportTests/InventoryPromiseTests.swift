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
}
