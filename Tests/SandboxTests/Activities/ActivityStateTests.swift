import Sandbox
import Testing

@Suite struct ActivityStateTests {
    /// The words that an activity shows, each once, in tenths of a second.
    private func states(_ settings: String, until seconds: Int = 14) async throws -> [String] {
        var seen: [String] = []
        try await withActivities(settings) { client, token in
            let fleet = client.sandbox.fleet
            let serials = fleet.unassigned.prefix(3).map(\.serial)
            let id = try await client.accepted(.assign(serials, to: fleet.servers[0].id), token: token)
            for _ in 0...(seconds * 4) {
                let activity = try await client.activity(id, token: token)
                let words = [activity["status"]?.text, activity["subStatus"]?.text].compactMap(\.self)
                if seen.last != words.joined(separator: " ") { seen.append(words.joined(separator: " ")) }
                await client.sandbox.pass(seconds: 0.25)
            }
        }
        return seen
    }

    private static let way = ["SUBMITTED", "PRE_PROCESSING", "PENDING", "PROCESSING"].map { "IN_PROGRESS \($0)" }

    @Test(arguments: [
        ("usual", "IN_PROGRESS POST_PROCESSING", "COMPLETED COMPLETED_WITH_SUCCESS"),
        ("error", "IN_PROGRESS POST_PROCESSING", "COMPLETED COMPLETED_WITH_ERROR"),
        ("post-processing-failed", "IN_PROGRESS POST_PROCESSING", "COMPLETED COMPLETED_POST_PROCESSING_FAILED"),
        ("stopped", "IN_PROGRESS STOPPING", "STOPPED STOPPING"),
        ("failed", "IN_PROGRESS POST_PROCESSING", "FAILED COMPLETED_WITH_FAILURE"),
        ("failed-without-log", "IN_PROGRESS POST_PROCESSING", "FAILED COMPLETED_WITH_FAILURE"),
    ])
    func anActivityPassesEveryStateToItsEnd(_ end: String, _ last: String, _ ending: String) async throws {
        #expect(try await states("end=\(end)") == Self.way + [last, ending])
    }

    @Test func statesCanBeSkipped() async throws {
        let states = try await states("states=some")
        #expect(states.count < 6)
        #expect(states.last == "COMPLETED COMPLETED_WITH_SUCCESS")
        #expect(try await self.states("states=some") == states, "the same with the same seed")
    }

    @Test func anActivityCanBePendingForMinutes() async throws {
        try await withActivities("pending=5m") { client, token in
            let fleet = client.sandbox.fleet
            let serial = fleet.unassigned[0].serial
            let id = try await client.accepted(.assign([serial], to: fleet.servers[0].id), token: token)
            await client.sandbox.pass(seconds: 300)
            #expect(try await client.activity(id, token: token)["subStatus"]?.text == "PENDING")
            #expect(client.sandbox.fleet.device(serial)?.serverID == nil)
            await client.sandbox.pass(seconds: 12)
            #expect(try await client.activity(id, token: token)["status"]?.text == "COMPLETED")
        }
    }

    @Test(arguments: ["error", "stopped", "failed", "failed-without-log"])
    func anEarlyEndDoesHalfOfTheDevices(_ end: String) async throws {
        try await withActivities("end=\(end)") { client, token in
            let fleet = client.sandbox.fleet
            let (serials, target) = (fleet.unassigned.prefix(4).map(\.serial), fleet.servers[0].id)
            let activity = try await client.carryOut(.assign(serials, to: target), token: token)
            let servers = serials.map { client.sandbox.fleet.device($0)?.serverID }
            #expect(servers == [target, target, nil, nil])
            let log = try await client.log(activity)
            let hasLog = end == "error" || end == "failed"
            let words = [["SUCCESS", "UPDATED"], ["SUCCESS", "UPDATED"], ["ERROR", "INTERNAL_ERROR"]]
            #expect(log == (hasLog ? zip(serials, words + [words[2]]).map { [$0] + $1 } : []))
            #expect((activity["downloadUrl"] != nil) == hasLog)
            let accepted = try #require(client.sandbox.activities.first)
            #expect(accepted.results.map(\.effect) == [.changed, .changed, .unfinished, .unfinished])
        }
    }

    @Test func withoutALogTheDevicesAreDoneAllTheSame() async throws {
        try await withActivities("end=post-processing-failed") { client, token in
            let fleet = client.sandbox.fleet
            let (serial, target) = (fleet.unassigned[0].serial, fleet.servers[0].id)
            let activity = try await client.carryOut(.assign([serial], to: target), token: token)
            #expect(activity["downloadUrl"] == nil)
            #expect(client.sandbox.fleet.device(serial)?.serverID == target)
        }
    }

    @Test func anActivityCanBeReadForThirtyDays() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            let id = try await client.accepted(order, token: token)
            await client.sandbox.advance(toNight: 30)
            #expect(try await client.activity(id, token: token)["status"]?.text == "COMPLETED")
            await client.sandbox.advance(toNight: 31)
            let gone = try await client.get("/v1/orgDeviceActivities/\(id)", token: token)
            #expect(gone.status == 404)
            #expect(client.sandbox.activities.count == 1, "the truth remains")
        }
    }

    @Test func theClockRunsAsFastAsTheSwitchSays() async throws {
        try await withActivities("speed=1000") { client, token in
            let fleet = client.sandbox.fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            let id = try await client.accepted(order, token: token)
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await client.activity(id, token: token)["status"]?.text == "COMPLETED")
        }
    }
}
