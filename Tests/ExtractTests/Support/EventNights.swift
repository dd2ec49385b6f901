import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import Synchronization
import TestSupport
import Testing

@testable import Extract

/// Nights of an organization whose audit log is read, and whose listing takes three pages.
protocol EventNights {}

struct EventRun {
    let devices, assignments: StageCounts
    let requests: [String]
}

extension EventNights {
    var night: Timestamp { Timestamp(seconds: 1_767_225_600) }

    func event(_ type: String, _ serial: String, outcome: String = "SUCCESS", hour: Int = 20) -> String {
        """
        {"type":"auditEvents","id":"\(type) \(serial) \(hour)","attributes":{"type":"\(type)","eventDateTime":"2026-01-01T\(hour):00:00Z",\
        "subjectType":"DEVICE","subjectId":"\(serial)","outcome":"\(outcome)","eventDataPropertyKey":"x",\
        "x":{"serialNumber":"\(serial)"}}}
        """
    }

    func run(
        _ organization: Organization,
        _ inventory: Inventory,
        at now: Timestamp,
        fullEvery: Period = .days(7)
    ) async throws -> EventRun {
        let api = organization.api
        let stages: [any Extractor] = [
            Devices(maxRemoved: Percentage(percent: 5), changes: .auditEvents, fullEvery: fullEvery), Assignments(),
        ]
        var counts: [StageCounts] = []
        for stage in stages {
            let meter = StageMeter()
            try await stage.sync(
                SyncContext(api: api, inventory: inventory, startedAt: now, limit: nil, meter: meter)
            )
            counts.append(meter.current)
        }
        try inventory.endRound(at: now)
        return EventRun(devices: counts[0], assignments: counts[1], requests: api.requests)
    }

    func withOrganization(_ test: (Organization, Inventory) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            let organization = Organization()
            let first = try await run(organization, inventory, at: night)
            #expect(first.requests.count == 9)
            try await test(organization, inventory)
        }
    }

    var secondNight: Timestamp { Timestamp(seconds: 1_767_225_600 + 86_400) }
}
