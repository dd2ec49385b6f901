import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import Synchronization
import TestSupport
import Testing

@testable import Extract

/// `changes: audit_events` where the log, or what follows it, cannot be read.
@Suite struct EventTroubleTests: EventNights {
    @Test func assignmentsThatCannotBeReadAloneLeaveTheOthersAlone() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock {
                $0.events = ["C10007", "C10008"].map { event("DEVICE_ASSIGNED_TO_SERVER", $0) }
                $0.linkages["C10007"] = ""
                $0.servers["C10008"] = "S2"
            }
            let second = try await run(organization, inventory, at: secondNight)
            #expect(second.assignments.unknown == 1)
            #expect(second.assignments.changed == 1)
            #expect(try inventory.assignmentsDue.map(\.serial) == ["C10007"])
        }
    }

    @Test(arguments: [
        (#"{"data":null}"#, true), (#"{"data":{"type":"mdmServers","id":""}}"#, true),
        (#"{"links":{"self":"x"}}"#, true),
        ("{}", false), (#"{"data":[]}"#, false), (#"{"data":"S1"}"#, false),
        (#"{"data":{"type":"mdmServers"}}"#, false),
        (#"{"links":{},"errors":[]}"#, false),
    ])
    func onlyAnAnswerThatSaysSoTakesAServiceAway(linkage: String, isUnderstood: Bool) async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock {
                $0.events = [event("DEVICE_UNASSIGNED_FROM_SERVER", "C10007")]
                $0.linkages["C10007"] = linkage
            }
            let second = try await run(organization, inventory, at: secondNight)
            #expect(second.assignments.unknown == (isUnderstood ? 0 : 1))
            let servers = try Nights.rows(inventory, .everything, "serial_number", "server_id")
            #expect(servers["C10007"] == [isUnderstood ? nil : "S1"])
        }
    }

    @Test(arguments: [
        APIError(.forbidden, "HTTP 403, no right"), APIError(.notFound, "HTTP 404"), APIError(.unavailable, "HTTP 503"),
    ])
    func withoutTheAuditLogAllDevicesAreListed(error: APIError) async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { $0.auditError = error }
            let second = try await run(organization, inventory, at: secondNight)
            #expect(second.devices.received == 3000)
            #expect(second.devices.notes == ["no audit events, so all devices were listed: \(error.message)"])
        }
    }

    @Test func anInterruptIsNoReasonToList() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { $0.auditError = APIError(.cancelled, "interrupted") }
            await #expect(throws: APIError.self) { try await run(organization, inventory, at: secondNight) }
        }
    }

    @Test func aSchoolHasNoAuditLogAndIsListed() async throws {
        let school = SandboxOptions.with { $0.platform = .school }
        try await Nights.with(school) { nights in
            try await nights.run("[devices]", at: nights.night(1))
            let stages = try await nights.run("[devices: { changes: audit_events }]", at: nights.night(2))
            #expect(stages["devices"]?.status == .done)
            #expect(stages["devices"]?.counts.received == nights.listed().count)
            #expect(stages["devices"]?.counts.notes.first?.hasPrefix("no audit events") == true)
            #expect(await nights.sandbox.statistics.requests[.auditEvents] == nil)
        }
    }
}
