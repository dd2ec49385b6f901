import Sandbox
import Testing

@Suite struct ActivityLagTests {
    @Test func everyViewLagsByReads() async throws {
        try await withActivities("lag=3reads") { client, token in
            let fleet = client.sandbox.fleet
            let (serial, target) = (fleet.unassigned[0].serial, fleet.servers[3].id)
            _ = try await client.carryOut(.assign([serial], to: target), token: token)
            #expect(client.sandbox.fleet.device(serial)?.serverID == target, "the truth does not lag")
            let list = "/v1/mdmServers/\(target)/relationships/devices"
            for read in 1...5 {
                let isSeen = read > 3
                #expect(try await client.assignedServer(serial, token: token) == (isSeen ? target : nil))
                #expect(try await client.ids(list, token: token) == (isSeen ? [serial] : []))
                let device = try await client.get("/v1/orgDevices/\(serial)", token: token).json["data"]
                #expect(device?["attributes"]?["status"]?.text == (isSeen ? "ASSIGNED" : "UNASSIGNED"))
            }
        }
    }

    @Test func thePagesOfALaggingListAgree() async throws {
        try await withActivities("lag=1reads") { client, token in
            let fleet = client.sandbox.fleet
            let serials = fleet.unassigned.prefix(6).map(\.serial)
            let target = fleet.servers[3].id
            _ = try await client.carryOut(.assign(serials, to: target), token: token)
            let list = "/v1/mdmServers/\(target)/relationships/devices?limit=2"
            #expect(try await client.ids(list, token: token).isEmpty)
            #expect(try await client.ids(list, token: token) == serials)
        }
    }

    @Test func everyViewLagsBySeconds() async throws {
        try await withActivities("lag=120s") { client, token in
            let fleet = client.sandbox.fleet
            let (serial, target) = (fleet.unassigned[0].serial, fleet.servers[3].id)
            let id = try await client.accepted(.assign([serial], to: target), token: token)
            let list = "/v1/mdmServers/\(target)/relationships/devices"
            await client.sandbox.pass(seconds: 120)
            #expect(try await client.activity(id, token: token)["status"]?.text == "COMPLETED")
            #expect(try await client.assignedServer(serial, token: token) == nil)
            #expect(try await client.ids(list, token: token).isEmpty)
            await client.sandbox.pass(seconds: 12)
            #expect(try await client.assignedServer(serial, token: token) == target)
            #expect(try await client.ids(list, token: token) == [serial])
        }
    }

    @Test func theNextNightShowsEverything() async throws {
        try await withActivities("lag=50reads") { client, token in
            let fleet = client.sandbox.fleet
            let (serials, target) = (fleet.unassigned.prefix(9).map(\.serial), fleet.servers[3].id)
            _ = try await client.carryOut(.assign(serials, to: target), token: token)
            await client.sandbox.advance(toNight: 2)
            let list = try await client.ids("/v1/mdmServers/\(target)/relationships/devices", token: token)
            let truth = serials.filter { client.sandbox.fleet.device($0)?.serverID == target }
            #expect(truth.count > 6)
            #expect(Set(list).isSuperset(of: truth))
        }
    }

    @Test func auditEventsCanBeLate() async throws {
        try await withActivities("audit-after=10m") { client, token in
            let fleet = client.sandbox.fleet
            _ = try await client.accepted(.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id), token: token)
            let day = "filter[startTimestamp]=2026-11-01T02:00:00Z&filter[endTimestamp]=2026-11-02T00:00:00Z"
            await client.sandbox.pass(seconds: 600)
            #expect(try await client.ids("/v1/auditEvents?\(day)", token: token).isEmpty)
            await client.sandbox.pass(seconds: 12)
            #expect(try await client.ids("/v1/auditEvents?\(day)", token: token) == ["change-0"])
        }
    }
}
