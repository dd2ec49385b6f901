import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@Suite struct RoundTests {
    /// With a budget, coverage waits for its turn.
    private let extract = "[devices, servers, assignments, coverage: { max_requests: 1000 }]"

    @Test func aRunAfterOneThatWasStoppedReadsNoListTwice() async throws {
        try await Nights.with(
            .with {
                $0.devices = 300
                $0.latencyMilliseconds = 5
            }
        ) { nights in
            let stopped = Task { try await nights.run(extract) }
            while await nights.sandbox.statistics.requests[.coverage, default: 0] < 50 {
                try await Task.sleep(for: .milliseconds(5))
            }
            stopped.cancel()
            await #expect(throws: Failure.self) { try await stopped.value }
            let lists = await nights.sandbox.statistics.requests
            let stages = try await nights.run(extract)
            let after = await nights.sandbox.statistics.requests
            for family in [EndpointFamily.devices, .servers, .serverDevices] {
                #expect(after[family] == lists[family], "\(family)")
            }
            #expect(stages["devices"]?.counts.notes.first?.hasPrefix("already read at 20") == true)
            let listed = nights.listed().count
            // What was on its way when it was stopped, or had come and was not stored yet, is asked for again.
            #expect((listed...listed + 32).contains(after[.coverage] ?? 0))
            let rows = try nights.rows(.everything, "serial_number", "server_id", "coverage_state")
            #expect(rows.count == listed)
            for device in nights.listed() { #expect(rows[device.serial]?[0] == device.serverID) }
            #expect(rows.values.allSatisfy { $0[1] != "unknown" })

            // That one ended, so the next one lists again.
            let third = try await nights.run(extract)
            #expect(third["devices"]?.counts.requests == 1)
            #expect(third["coverage"]?.counts.requests == 0)
        }
    }

    @Test func aServiceWithoutDevicesIsNotAskedForThem() async throws {
        try await Nights.with { nights in
            try await nights.run(extract)
            let servers = nights.sandbox.fleet.servers
            let filled = servers.filter { $0.deviceCount > 0 }.count
            #expect(filled < servers.count)
            #expect(await nights.sandbox.statistics.requests[.serverDevices] == filled)
        }
    }
}
