import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

/// What `Benchmarks/second_night.py` measures, with fewer devices.
@Suite struct EconomyTests {
    private let stages = "assignments, coverage: { max_age: 30d }, details"

    private func secondNight(_ changes: String, _ check: (Nights, [String: StageReport]) async throws -> Void)
        async throws
    {
        try await Nights.with(.with { $0.devices = 2000 }) { nights in
            let extract = "[devices: { changes: \(changes) }, \(stages)]"
            try await nights.run(extract, at: nights.night(1))
            await nights.sandbox.advance(toNight: 2)
            try await check(nights, try await nights.run(extract, at: nights.night(2)))
        }
    }

    /// Differences from what the sandbox holds; of coverage where `coverage` says so.
    private func differences(_ nights: Nights, coverage: Bool) throws -> [String] {
        let rows = try nights.rows(.everything, "serial_number", "removed_at", "server_id", "order_number")
        let records = try nights.rows(.coverage, "coverage_id", "serial_number", "description")
        var differences: [String] = []
        var present = 0
        for device in nights.listed() {
            present += 1
            guard let row = rows[device.serial] else {
                differences.append("\(device.serial) is missing")
                continue
            }
            if row[0] != nil { differences.append("\(device.serial) is removed") }
            if row[1] != device.serverID { differences.append("\(device.serial) is elsewhere") }
            guard coverage else { continue }
            for record in nights.sandbox.fleet.coverage(of: device.index) where records[record.id] == nil {
                differences.append("\(device.serial) lacks \(record.id)")
            }
        }
        if rows.values.count(where: { $0[0] == nil }) != present { differences.append("devices that are not there") }
        return differences
    }

    @Test func aSecondNightTakesATwentiethOfTheFirst() async throws {
        try await secondNight("listing") { nights, stages in
            let requests = stages.values.reduce(0) { $0 + $1.counts.requests }
            #expect(requests <= 115, "\(requests)")
            let differences = try differences(nights, coverage: false)
            #expect(differences.isEmpty, "\(differences.prefix(5))")
        }
    }

    @Test func withAuditEventsItIsRightInCoverageToo() async throws {
        try await secondNight("audit_events") { nights, stages in
            let requests = stages.values.reduce(0) { $0 + $1.counts.requests }
            #expect(requests <= 115, "\(requests)")
            #expect((stages["coverage"]?.counts.reasons[.changed] ?? 0) > 5)
            let differences = try differences(nights, coverage: true)
            #expect(differences.isEmpty, "\(differences.prefix(5))")
        }
    }
}
