import Foundation
import Sandbox
import Testing

/// The sandbox's replies against Apple's API as the OpenAPI document has it. `validate_openapi.py` does the checking.
@Suite struct OpenAPITests {
    @Test func repliesHaveTheDocumentedForm() async throws {
        let options = try SandboxOptions.with {
            $0.devices = 1500
            $0.night = 3
            $0.switches = try SandboxSwitches(parsing: ["shapes=documented"])
        }
        var replies = Replies()
        try await withSandbox(options) { client, token in
            for path in paths(client.sandbox.fleet) {
                var next: String? = path
                while let target = next {
                    let reply = try await client.get(target, token: token)
                    replies.add("GET", target, reply)
                    next = try reply.json["links"]?["next"]?.text
                }
            }
            replies.add("GET", "/v1/orgDevices", try await client.get("/v1/orgDevices", token: "none"))
            let bare = try await client.send(
                "GET",
                "\(client.sandbox.apiURL)/v1/orgDevices",
                headers: [("Authorization", "Bearer \(token)")]
            )
            replies.add("GET", "/v1/orgDevices", bare)
            try await addActivities(to: &replies, client, token)
            for kind in [FaultKind.tooMany, .serverError, .unavailable] {
                await client.sandbox.setFaults([Fault(kind, 1)])
                replies.add("GET", "/v1/mdmServers", try await client.get("/v1/mdmServers", token: token))
            }
            await client.sandbox.setFaults([])
            for assertion in [SignedAssertion(), SignedAssertion(keyID: "another")] {
                replies.add("POST", "/auth/oauth2/token", try await client.askForToken(assertion))
            }
        }
        let (status, checked, problems) = try await validate(replies)
        #expect(status == 0, "\(problems)")
        let statuses = Set(checked.split(separator: "\n").map(String.init))
        for operation in Self.reads {
            #expect(statuses.contains("GET \(operation) 200"))
        }
        for refusal in [
            "/v1/orgDevices 400", "/v1/orgDevices 401", "/v1/orgDevices 406", "/v1/orgDevices/{id} 404",
            "/v1/mdmServers 429", "/v1/mdmServers 500", "/v1/mdmServers 503",
        ] {
            #expect(statuses.contains("GET \(refusal)"))
        }
        for status in [201, 400, 401, 403, 409, 422, 429] {
            #expect(statuses.contains("POST /v1/orgDeviceActivities \(status)"))
        }
        #expect(statuses.isSuperset(of: ["POST /auth/oauth2/token 200", "POST /auth/oauth2/token 400"]))
    }

    /// Each status that Apple lists for the creation of an activity, and the activity when it has ended.
    private func addActivities(to replies: inout Replies, _ client: SandboxClient, _ token: String) async throws {
        let fleet = client.sandbox.fleet
        let path = "/v1/orgDeviceActivities"
        let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
        let created = try await client.post(order, token: token)
        replies.add("POST", path, created)
        await client.sandbox.pass(seconds: 60)
        let activity = "\(path)/\(try created.json["data"]?["id"]?.text ?? "")"
        replies.add("GET", activity, try await client.get(activity, token: token))
        for body in ["{", "{}"] {
            replies.add("POST", path, try await client.post(body: body, token: token))
        }
        replies.add("POST", path, try await client.post(order, token: "none"))
        var switches = fleet.switches
        for (role, settings) in [("no-assignment", []), ("everything", ["most=1"]), ("everything", ["posts=1/h"])] {
            switches.role = try #require(.init(rawValue: role))
            try switches.setActivities(parsing: settings)
            await client.sandbox.setSwitches(switches)
            let two = Order.assign(fleet.unassigned.prefix(2).map(\.serial), to: fleet.servers[0].id)
            for _ in 0..<2 { replies.add("POST", path, try await client.post(two, token: token)) }
        }
        await client.sandbox.setSwitches(fleet.switches)
    }

    @Test func aReplyOfAnotherFormIsFound() async throws {
        var replies = Replies()
        let body =
            #"{"data":[{"type":"orgDevices","id":"A","attributes":{"imei":"1","status":"LOST"}}],"links":{"self":""}}"#
        replies.add("GET", "/v1/orgDevices?limit=5", Reply(status: 200, headers: [:], body: body))
        let (status, _, problems) = try await validate(replies)
        #expect(status == 1)
        #expect(problems.contains("$.data[0].attributes.imei"))
        #expect(problems.contains("$.data[0].attributes.status"))
    }

    private static let reads = [
        "/v1/orgDevices", "/v1/orgDevices/{id}", "/v1/orgDevices/{id}/appleCareCoverage",
        "/v1/orgDevices/{id}/activationLockStatus", "/v1/orgDevices/{id}/relationships/assignedServer",
        "/v1/orgDevices/{id}/assignedServer", "/v1/mdmServers", "/v1/mdmServers/{id}",
        "/v1/mdmServers/{id}/relationships/devices", "/v1/orgDeviceActivities/{id}", "/v1/mdmDevices",
        "/v1/mdmDevices/{id}/details", "/v1/auditEvents",
    ]

    private func paths(_ fleet: Fleet) -> [String] {
        let servers = fleet.servers
        let managed = servers.first { $0.type == "APPLE_MDM" }?.id
        var paths = [
            "/v1/orgDevices?limit=500", "/v1/orgDevices?fields[orgDevices]=serialNumber,assignedServer&limit=1000",
            "/v1/mdmServers", "/v1/mdmServers?limit=2", "/v1/mdmDevices",
            "/v1/auditEvents?filter[startTimestamp]=2026-10-01T00:00:00Z&filter[endTimestamp]=2026-12-01T00:00:00Z",
            "/v1/orgDevices?limit=0", "/v1/orgDevices/UNKNOWN00000", "/v1/orgDeviceActivities/none",
        ]
        for server in servers {
            paths += [
                "/v1/mdmServers/\(server.id)", "/v1/mdmServers/\(server.id)/relationships/devices?limit=1000",
                "/v1/mdmServers/\(server.id)?fields[mdmServers]=lastConnectedDateTime,lastConnectedIp,devices",
            ]
        }
        paths += fleet.activities.map { "/v1/orgDeviceActivities/\($0.id)" }
        for device in (0..<150).compactMap(fleet.device(at:)) {
            let path = "/v1/orgDevices/\(device.serial)"
            paths += ["", "/appleCareCoverage", "/activationLockStatus"].map { path + $0 }
            paths += ["/relationships/assignedServer", "/assignedServer"].map { path + $0 }
            if device.serverID == managed {
                paths.append("/v1/mdmDevices/\(device.serial)/details")
            }
        }
        return paths
    }

    private func validate(_ replies: Replies) async throws -> (status: Int32, output: String, problems: String) {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let file = FileManager.default.temporaryDirectory.appending(path: "replies-\(UUID().uuidString).ndjson")
        try Data(replies.lines.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let script = here.appending(path: "validate_openapi.py").path()
        let document = here.appending(path: "Fixtures/openapi.json").path()
        return try await Python.run([script, document, file.path()])
    }
}

/// Replies as the script reads them: one JSON object per line.
private struct Replies {
    private(set) var lines = ""

    mutating func add(_ method: String, _ path: String, _ reply: Reply) {
        let object: [String: String] = [
            "method": method, "path": path.replacing(/https?:\/\/[^\/]+/, with: ""), "body": reply.body,
        ]
        let members = object.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
        lines += "{\(members.joined(separator: ",")),\"status\":\(reply.status)}\n"
    }

    private static func quoted(_ text: String) -> String {
        let data = (try? JSONEncoder().encode(text)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
