import Sandbox
import Testing

/// What tests can learn about a client, beside the API.
@Suite struct ActivityTruthTests {
    @Test func everyRequestThatIsNoReadIsKept() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            let id = try await client.accepted(order, token: token)
            await client.sandbox.pass(seconds: 5)
            var wrong = order
            wrong.server = "0123"
            _ = try await client.post(wrong, token: token)
            let headers = [("Authorization", "Bearer \(token)"), ("Accept", "application/json")]
            let url = "\(client.sandbox.apiURL)/v1/mdmServers/1"
            _ = try await client.send("DELETE", url, headers: headers)
            let writes = client.sandbox.writes
            #expect(writes.map(\.status) == [201, 409, 403])
            #expect(writes.map(\.method) == ["POST", "POST", "DELETE"])
            #expect(writes.map(\.path) == Array(repeating: "/v1/orgDeviceActivities", count: 2) + ["/v1/mdmServers/1"])
            #expect(writes.map(\.serials) == [order.serials, order.serials, []])
            #expect(writes.map(\.activityID) == [id, nil, nil])
            #expect(
                writes.map(\.at) == ["2026-11-01T02:00:00.000Z"]
                    + Array(repeating: "2026-11-01T02:00:05.000Z", count: 2)
            )
            #expect(writes.allSatisfy { $0.isAnswered && $0.isFirstOnConnection })
        }
    }

    @Test func activitiesThatOverlapAreFound() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            for wait in [5.0, 20, 20] {
                _ = try await client.accepted(order, token: token)
                await client.sandbox.pass(seconds: wait)
            }
            let activities = client.sandbox.activities
            #expect(activities.count == 3)
            #expect(activities[0].overlaps(activities[1]))
            #expect(!activities[1].overlaps(activities[2]))
            #expect(!activities[0].overlaps(activities[2]))
        }
    }

    @Test func theTruthIsReadOverHTTPToo() async throws {
        try await withActivities("lag=1h") { client, token in
            let fleet = client.sandbox.fleet
            let (serial, target) = (fleet.unassigned[0].serial, fleet.servers[0].id)
            for _ in 0..<2 { _ = try await client.accepted(.assign([serial], to: target), token: token) }
            await client.sandbox.pass(seconds: 20)
            let truth = try await client.send("GET", "\(client.sandbox.apiURL)/sandbox/truth", headers: []).json
            #expect(truth["night"]?.int == 1)
            #expect(truth["now"]?.text == "2026-11-01T02:00:20.000Z")
            let devices = truth["devices"]?.elements ?? []
            #expect(devices.count == fleet.count)
            #expect(devices.first { $0["serialNumber"]?.text == serial }?["server"]?.text == target)
            let presences = Set(devices.compactMap { $0["presence"]?.text })
            #expect(presences.isSuperset(of: ["listed", "released"]))
            let activities = truth["activities"]?.elements ?? []
            #expect(activities.map { $0["effects"]?[0]?.text } == ["changed", "alreadyThere"])
            #expect(truth["overlaps"] == .array([.array(activities.map { .text($0["id"]?.text ?? "") })]))
            #expect(truth["writes"]?[1]?["activity"] == activities[1]["id"])
            #expect(truth["leakedTokens"]?.int == 0)
        }
    }

    @Test func somebodyElseCanMoveADevice() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let (here, free) = (fleet.onServer(0)[0].serial, fleet.unassigned[0].serial)
            await client.sandbox.assign([here], toServer: nil)
            await client.sandbox.assign([free], toServer: fleet.servers[3].id)
            #expect(try await client.assignedServer(here, token: token) == nil)
            #expect(try await client.assignedServer(free, token: token) == fleet.servers[3].id)
            #expect(client.sandbox.activities.isEmpty)
            let path =
                "/v1/auditEvents?filter[startTimestamp]=2026-11-01T02:00:00Z&filter[endTimestamp]=2026-11-02T00:00:00Z"
            let events = try await client.get(path, token: token).json["data"]?.elements ?? []
            #expect(events.map { $0["attributes"]?["actorType"]?.text } == ["USER", "USER"])
        }
    }

    @Test func twoSandboxesWithOneSeedGiveTheSameAnswers() async throws {
        var ids: [String] = []
        for _ in 0..<2 {
            try await withActivities { client, token in
                let fleet = client.sandbox.fleet
                let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
                ids.append(try await client.accepted(order, token: token))
            }
        }
        #expect(ids[0] == ids[1])
    }

    @Test func theFleetEvolvesOnWhereActivitiesLeftIt() async throws {
        try await withActivities("", .with { $0.devices = 1000 }) { client, token in
            let before = client.sandbox.fleet
            let (serials, target) = (before.unassigned.prefix(80).map(\.serial), before.servers[3].id)
            _ = try await client.carryOut(.assign(serials, to: target), token: token)
            await client.sandbox.advance(toNight: 4)
            let now = client.sandbox.fleet
            let left = serials.filter { now.device($0)?.serverID == target }
            #expect((70...80).contains(left.count), "some move for other reasons")
            let untouched = before.onNight(4)
            for device in now.all where !serials.contains(device.serial) {
                #expect(device == untouched.device(at: device.index))
            }
            #expect(now.onNight(1).onServer(3).count == 80)
        }
    }
}
