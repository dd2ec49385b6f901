import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import Synchronization
import TestSupport
import Testing

@testable import Extract

/// `changes: audit_events`, on an organization whose listing takes three pages.
@Suite struct EventsTests: EventNights {
    @Test func aQuietNightTakesOneRequest() async throws {
        try await withOrganization { organization, inventory in
            let second = try await run(organization, inventory, at: secondNight)
            #expect(second.requests == ["/v1/auditEvents"])
            #expect(second.devices.notes == ["0 audit events: 0 devices read instead of the whole list"])
        }
    }

    @Test func onlyTheDevicesConcernedAreRead() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { state in
                state.devices.append("C99999")
                state.colors["C10007"] = "BLUE"
                state.servers["C10007"] = "S2"
                state.events = [
                    event("DEVICE_ASSIGNED_TO_SERVER", "C10007"), event("DEVICE_ADDED_TO_ORG", "C99999"),
                    event("DEVICE_ASSIGNED_TO_SERVER", "C10007", hour: 19),
                    event("DEVICE_ASSIGNED_TO_SERVER", "C10001", outcome: "FAILURE"),
                    event("DEVICE_IS_ERASED", "C10002"),
                ]
            }
            let second = try await run(organization, inventory, at: secondNight)
            #expect(
                second.requests == [
                    "/v1/auditEvents", "/v1/auditEvents 2", "/v1/auditEvents 4", "/v1/orgDevices/C10007",
                    "/v1/orgDevices/C99999", "/v1/mdmServers", "/v1/orgDevices/C10007/relationships/assignedServer",
                    "/v1/orgDevices/C99999/relationships/assignedServer",
                ]
            )
            #expect(second.devices.changed == 2)
            #expect(second.assignments.changed == 2)
            #expect(try inventory.deviceCount == 3001)
            let kinds = try Nights.rows(inventory, .changes, "seq", "serial_number", "kind", "after").values
            #expect(kinds.contains(["C10007", "updated", "BLUE"]))
            #expect(kinds.contains(["C10007", "reassigned", "S2"]))
            #expect(kinds.contains(["C99999", "added", nil]))

            // The window overlaps, but devices that were read since are not new.
            let third = try await run(organization, inventory, at: Timestamp(seconds: 1_767_225_600 + 2 * 86_400))
            #expect(third.requests.count == 3)
            #expect(third.devices.changed == 0)
        }
    }

    @Test func onlyAListingRetiresAndItIsMadeWhenAnEventSaysSo() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { state in
                state.devices.removeAll { $0 == "C10007" }
                state.released = ["C10007"]
                state.events = [event("DEVICE_REMOVED_FROM_ORG", "C10007")]
            }
            let second = try await run(organization, inventory, at: secondNight)
            #expect(second.requests.filter { $0.hasPrefix("/v1/orgDevices") }.count == 3)
            #expect(second.devices.retired == 1)
            #expect(second.devices.notes == ["1 device changed, so all were listed"])
            #expect(second.requests.contains("/v1/mdmServers/S1/relationships/devices"))
        }
    }

    @Test(arguments: [true, false])
    func aDeviceThatTurnsOutToBeGoneBringsAListing(isReleased: Bool) async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { state in
                state.devices.removeAll { $0 == "C10007" }
                if isReleased { state.released = ["C10007"] }
                state.events = [event("DEVICE_UNASSIGNED_FROM_SERVER", "C10007")]
            }
            let second = try await run(organization, inventory, at: secondNight)
            #expect(second.devices.retired == 1)
        }
    }

    @Test func manyChangesMakeAListingTheCheaperWay() async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock { state in
                state.events = (0..<4).map { event("DEVICE_ASSIGNED_TO_SERVER", "C1000\($0)") }
            }
            let second = try await run(organization, inventory, at: secondNight)
            #expect(second.requests.filter { $0.hasPrefix("/v1/orgDevices") }.count == 3)
        }
    }

    @Test func aListingComesAtLeastThatOften() async throws {
        try await withOrganization { organization, inventory in
            let early = try await run(organization, inventory, at: secondNight, fullEvery: Period(seconds: 86_401))
            #expect(early.requests.count == 1)
            let late = try await run(organization, inventory, at: secondNight, fullEvery: Period(seconds: 86_400))
            #expect(late.requests.contains("/v1/auditEvents"))
            #expect(late.devices.received == 3000)
        }
    }

    /// Devices whose coverage is to be asked for again because something says that it has changed.
    private func doubted(_ inventory: Inventory) throws -> Int {
        try inventory.refreshNeed(.coverage, maxAge: 10_000 * 86_400, at: secondNight).counts[.changed] ?? 0
    }

    private func knowAllCoverage(_ inventory: Inventory) throws {
        let all = try inventory.deviceRequests(.coverage, maxAge: 86_400, at: night, limit: .max).requests
        _ = try inventory.record(all.map { ($0.id, DeviceAnswer.known(Array("[]".utf8))) }, of: .coverage, at: night)
    }

    @Test func aPurchaseIsHeardAlsoWhereAllDevicesAreListed() async throws {
        try await withOrganization { organization, inventory in
            try knowAllCoverage(inventory)
            organization.state.withLock {
                $0.events = [event("SUBJECT_HAS_APPLECARE_PURCHASE_ADDED", "C10007")]
            }
            let late = try await run(organization, inventory, at: secondNight, fullEvery: Period(seconds: 86_400))
            #expect(late.devices.received == 3000)
            #expect(try doubted(inventory) == 1)
        }
    }

    @Test func aLogThatCouldNotBeReadIsReadFromThereTheNextTime() async throws {
        try await withOrganization { organization, inventory in
            try knowAllCoverage(inventory)
            organization.state.withLock {
                $0.events = [event("SUBJECT_HAS_APPLECARE_PURCHASE_ADDED", "C10007")]
                $0.auditError = APIError(.unavailable, "HTTP 503")
            }
            _ = try await run(organization, inventory, at: secondNight)
            #expect(try inventory.latestEvent == nil)
            organization.state.withLock { $0.auditError = nil }
            _ = try await run(organization, inventory, at: secondNight)
            #expect(try doubted(inventory) == 1)
            #expect(try inventory.latestEvent == Timestamp(seconds: 1_767_225_600 + 20 * 3600))
        }
    }

    @Test(arguments: [
        APIError(.unavailable, "HTTP 500", isServerError: true), APIError(.badRequest, "HTTP 400"),
        APIError(.notFound, "HTTP 404"),
    ])
    func aDeviceThatCannotBeReadAloneIsListed(error: APIError) async throws {
        try await withOrganization { organization, inventory in
            organization.state.withLock {
                $0.events = [event("DEVICE_ASSIGNED_TO_SERVER", "C10007")]
                $0.deviceError = error
            }
            let second = try await run(organization, inventory, at: secondNight)
            #expect(second.devices.received == 3000)
            #expect(second.devices.notes.first == "one device could not be read, so all were listed: \(error.message)")
            #expect(try inventory.latestEvent != nil)
        }
    }
}
