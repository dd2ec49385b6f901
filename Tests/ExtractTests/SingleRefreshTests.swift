import Inventory
import Records
import Stages
import Synchronization
import TestSupport
import Testing

@testable import Extract

/// `axport show --refresh`: one device, whatever a run would ask for.
@Suite struct SingleRefreshTests: EventNights {
    private func ask(
        _ serial: String,
        _ organization: Organization,
        _ inventory: Inventory,
        stages: Set<String> = ["assignments"],
        platform: Platform = .business
    ) async throws -> (outcome: SingleRefresh.Outcome, requests: [String]) {
        let api = organization.api
        let context = SyncContext(
            api: api,
            inventory: inventory,
            startedAt: secondNight,
            limit: nil,
            platform: platform,
            meter: StageMeter()
        )
        return (try await SingleRefresh(context, stages: stages).ask(serial), api.requests)
    }

    @Test func whatAppleSaysOfTheDeviceIsStored() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { state in
                state.colors["C10007"] = "BLUE"
                state.servers["C10007"] = "S2"
                state.events = [event("DEVICE_ASSIGNED_TO_SERVER", "C10007"), event("DEVICE_ADDED_TO_ORG", "C10008")]
            }
            let (outcome, requests) = try await ask("C10007", organization, inventory)
            #expect(outcome.standing == .present)
            #expect(outcome.failures.isEmpty)
            let device = "/v1/orgDevices/C10007"
            #expect(requests == [device, "\(device)/relationships/assignedServer", "/v1/auditEvents"])
            #expect(try inventory.facts(of: "C10007")?.service?.id == "S2")
            let kinds = try Nights.rows(inventory, .changes, "seq", "serial_number", "kind", "after").values
            #expect(kinds.contains(["C10007", "updated", "BLUE"]))
            // An API that does not know the filter sends the events of others, too.
            #expect(try inventory.events(of: "C10007").map(\.kind) == [.assigned])
            #expect(try inventory.events(of: "C10008").isEmpty)
        }
    }

    @Test func theNameOfANewServiceIsRead() async throws {
        try await withOrganization { organization, inventory in
            try inventory.recordServers(
                [Resource(type: "mdmServers", id: "S1", attributes: Array("{}".utf8))],
                at: night
            )
            organization.state.withLock { $0.servers["C10007"] = "S2" }
            let requests = try await ask("C10007", organization, inventory).requests
            #expect(requests.contains("/v1/mdmServers"))
            #expect(try inventory.services.map(\.id) == ["S1", "S2"])
            let again = try await ask("C10007", organization, inventory).requests
            #expect(!again.contains("/v1/mdmServers"))
        }
    }

    @Test func aPipelineWithoutAssignmentsIsNotAskedForThem() async throws {
        try await withOrganization { organization, inventory in
            let (_, requests) = try await ask("C10007", organization, inventory, stages: ["devices"])
            #expect(requests == ["/v1/orgDevices/C10007", "/v1/auditEvents"])
        }
    }

    @Test func anotherRefreshChangesNothing() async throws {
        try await withOrganization { organization, inventory in
            _ = try await ask("C10007", organization, inventory)
            let changes = try Nights.rows(inventory, .changes, "seq").values.count
            _ = try await ask("C10007", organization, inventory)
            #expect(try Nights.rows(inventory, .changes, "seq").values.count == changes)
        }
    }

    @Test func aNewDeviceIsAddedAndTheNextListingMayMissIt() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { $0.devices.append("C99999") }
            let answer = try await ask("C99999", organization, inventory).outcome.standing
            #expect(answer == .present)
            #expect(try inventory.facts(of: "C99999") != nil)
            #expect(try inventory.deviceCount == 3001)
        }
    }

    @Test func aDeviceThatAppleNoLongerHasIsNotRetired() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { state in
                state.devices.removeAll { ["C10007", "C10008"].contains($0) }
                state.released = ["C10007"]
            }
            let released = try await ask("C10007", organization, inventory).outcome.standing
            #expect(released == .released)
            let gone = try await ask("C10008", organization, inventory).outcome.standing
            #expect(gone == .gone)
            #expect(try inventory.deviceCount == 3000)
            #expect(try inventory.facts(of: "C10008")?.removedAt == nil)
        }
    }

    @Test func coverageIsAskedForIfThePipelineDoesAndItsFailureIsTold() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { $0.linkages["C10007"] = "" }
            let (outcome, requests) = try await ask(
                "C10007",
                organization,
                inventory,
                stages: ["assignments", "coverage"]
            )
            #expect(requests.contains("/v1/orgDevices/C10007/appleCareCoverage"))
            #expect(outcome.standing == .present)
            #expect(outcome.failures.map(\.part) == ["assignment", "coverage"])
            #expect(outcome.failures.first?.reason == "HTTP 500")
        }
    }

    @Test func withoutAnswerForTheDeviceNothingElseIsAsked() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { $0.deviceError = APIError(.forbidden, "HTTP 403") }
            await #expect(throws: APIError.self) { try await ask("C10007", organization, inventory) }
        }
    }

    @Test func aPlatformWithoutAuditLogIsNotAskedForIt() async throws {
        try await withOrganization { organization, inventory in
            let (outcome, requests) = try await ask("C10007", organization, inventory, platform: .school)
            #expect(outcome.failures.isEmpty)
            #expect(!requests.contains("/v1/auditEvents"))
        }
    }

    @Test func theNightKeepsWhoDidIt() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { state in
                state.events = [
                    """
                    {"type":"auditEvents","id":"1","attributes":{"type":"DEVICE_REMOVED_FROM_ORG",\
                    "eventDateTime":"2026-01-01T20:00:00Z","subjectType":"DEVICE","subjectId":"C10007",\
                    "actorType":"USER","actorId":"7","actorName":"Jürgen","outcome":"SUCCESS","eventDataPropertyKey":"x",\
                    "x":{"serialNumber":"C10007","releaseEntityType":"USER"}}}
                    """
                ]
                state.devices.removeAll { $0 == "C10007" }
            }
            _ = try await run(organization, inventory, at: secondNight)
            let event = try #require(try inventory.events(of: "C10007").first)
            #expect(event.kind == .removed && event.detail == "USER")
            #expect(event.actor == DeviceEvent.Actor(type: "USER", id: "7", name: "Jürgen"))
        }
    }
}
