import Foundation
import Sandbox
import TestSupport
import Testing

/// What `Benchmarks/soak-kills.py` does at length.
@Suite struct KillTests {
    @Test func aFirstRunThatIsKilledAgainAndAgainAsksForHardlyAnythingTwice() async throws {
        try await withSandbox(
            .with(devices: 400) { $0.latencyMilliseconds = 10 }
        ) { command, sandbox in
            let load = "  - ndjson: { file: out/devices.ndjson, columns: [serial_number, server_id, coverage_state] }"
            let text = pipeline(extract: "[devices, assignments, coverage]", load: load)
            try command.write(text, to: "test.axport.yaml")
            func asked() async -> Int { await sandbox.statistics.apiRequests }
            let kills = 10
            for kill in 1...kills {
                let run = try command.start("run", "test.axport.yaml")
                // Somewhere in this tenth of the job.
                let moment = 380 * kill / (kills + 1) + Int.random(in: 0..<15)
                while await asked() < moment, run.isRunning { try await Task.sleep(for: .milliseconds(5)) }
                #expect(run.isRunning, "kill \(kill) came too late")
                Foundation.kill(run.processIdentifier, SIGKILL)
                try await run.ended()
            }
            let last = try await command("run", "test.axport.yaml")
            #expect(last.status == 0, "\(last.errors)")

            let fleet = sandbox.fleet
            let listed = (0..<fleet.count).compactMap { fleet.device(at: $0) }.filter(\.isListed)
            let lists = 2 + fleet.servers.filter { $0.deviceCount > 0 }.count
            let once = listed.count + lists
            // What was on its way at each kill, and the lists once more where the first kills hit them.
            let total = await asked()
            #expect((once...once + kills * 10 + lists).contains(total), "\(total) requests instead of \(once)")

            let lines = try command.read("out/devices.ndjson").split(separator: "\n")
            #expect(lines.count == listed.count)
            #expect(!lines.contains { $0.contains(#""unknown""#) })
            for device in listed {
                let server = device.serverID.map { "\"\($0)\"" } ?? "null"
                let isThere = lines.contains {
                    $0.contains("\"\(device.serial)\"") && $0.contains("\"server_id\":\(server)")
                }
                #expect(isThere, "\(device.serial)")
            }
        }
    }
}
