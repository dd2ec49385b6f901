import Sandbox
import Testing

@Suite struct AuditEventTests {
    private let evolved = SandboxOptions.with {
        $0.night = 3
        $0.devices = 800
    }

    private func path(_ start: String, _ end: String, _ more: String = "") -> String {
        "/v1/auditEvents?filter[startTimestamp]=\(start)&filter[endTimestamp]=\(end)\(more)"
    }

    @Test func eventsTellWhatChangedSinceTheFirstNight() async throws {
        try await withSandbox(evolved) { client, token in
            let whole = path("2026-11-01T00:00:00Z", "2026-11-30T00:00:00Z", "&limit=7")
            let events = try await client.pages(whole, token: token).flatMap { $0["data"]?.elements ?? [] }
            func subjects(_ type: String) -> Set<String> {
                Set(
                    events.filter { $0["attributes"]?["type"]?.text == type }
                        .compactMap { $0["attributes"]?["subjectId"]?.text }
                )
            }
            let (first, now) = (client.sandbox.fleet.onNight(1), client.sandbox.fleet)
            let before = Set(first.listedSerials)
            let after = Set(now.listedSerials)
            #expect(after.subtracting(before).isSubset(of: subjects("DEVICE_ADDED_TO_ORG")))
            #expect(before.subtracting(after).isSubset(of: subjects("DEVICE_REMOVED_FROM_ORG")))
            let joined = subjects("DEVICE_ADDED_TO_ORG")
            let moved = zip(first.all, now.all).filter { before, after in
                before.isListed && after.isListed && before.serverID != after.serverID
                    && !joined.contains(after.serial)
            }
            let assigned = subjects("DEVICE_ASSIGNED_TO_SERVER").union(subjects("DEVICE_UNASSIGNED_FROM_SERVER"))
            #expect(!moved.isEmpty)
            #expect(Set(moved.map(\.0.serial)).isSubset(of: assigned))
            #expect(!subjects("SUBJECT_HAS_APPLECARE_PURCHASE_ADDED").isEmpty)
            for event in events {
                let attributes = event["attributes"]
                let key = try #require(attributes?["eventDataPropertyKey"]?.text)
                #expect(attributes?[key] != nil)
            }
            let ids = events.compactMap { $0["id"]?.text }
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test func eventsAreFilteredByTimeAndType() async throws {
        try await withSandbox(evolved) { client, token in
            let secondNight = path("2026-11-01T02:00:00Z", "2026-11-02T02:00:00Z", "&filter[type]=DEVICE_ADDED_TO_ORG")
            let data = try await client.pages(secondNight, token: token).flatMap { $0["data"]?.elements ?? [] }
            #expect(!data.isEmpty)
            for event in data {
                #expect(event["attributes"]?["type"]?.text == "DEVICE_ADDED_TO_ORG")
                #expect(event["attributes"]?["eventDateTime"]?.text?.hasPrefix("2026-11-0") == true)
                #expect((event["attributes"]?["eventDateTime"]?.text ?? "") < "2026-11-02T02:00:00Z")
            }
            let earlier = try await client.get(path("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"), token: token)
            #expect(try earlier.json["data"] == .array([]))
        }
    }

    @Test func bothTimesAreRequired() async throws {
        try await withSandbox(evolved) { client, token in
            let missing = try await client.get(
                "/v1/auditEvents?filter[endTimestamp]=2026-11-02T02:00:00Z",
                token: token
            )
            #expect(missing.status == 400)
            let error = try missing.json["errors"]?[0]
            #expect(error?["code"]?.text == "PARAMETER_ERROR.REQUIRED")
            #expect(error?["source"]?["parameter"]?.text == "filter[startTimestamp]")
            let wrong = try await client.get(path("yesterday", "2026-11-02T02:00:00Z"), token: token)
            #expect(wrong.status == 400)
        }
    }
}
