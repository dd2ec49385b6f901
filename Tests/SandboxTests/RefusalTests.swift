import Sandbox
import Testing

@Suite struct RefusalTests {
    @Test func withoutATokenNothingIsAnswered() async throws {
        try await withSandbox { client, token in
            let url = "\(client.sandbox.apiURL)/v1/orgDevices"
            let accept = ("Accept", "application/json")
            for headers in [
                [accept], [accept, ("Authorization", "Bearer nonsense")],
                [accept, ("Authorization", "Basic \(token)")],
            ] {
                let reply = try await client.send("GET", url, headers: headers)
                #expect(reply.status == 401)
                #expect(try reply.json["errors"]?[0]?["code"]?.text == "NOT_AUTHORIZED")
            }
        }
    }

    @Test func withoutAnAcceptHeaderTheAnswerIsNotAcceptable() async throws {
        try await withSandbox { client, token in
            let url = "\(client.sandbox.apiURL)/v1/orgDevices"
            let authorization = ("Authorization", "Bearer \(token)")
            let without = try await client.send("GET", url, headers: [authorization])
            #expect(without.status == 406)
            let any = try await client.send("GET", url, headers: [authorization, ("Accept", "*/*")])
            #expect(any.status == 200)
        }
    }

    @Test func operationsThatAreNotOfferedAreForbidden() async throws {
        try await withSandbox { client, token in
            let server = client.sandbox.fleet.servers[0].id
            let observed = try await client.get("/v1/mdmServers/\(server)/devices", token: token)
            #expect(observed.status == 403)
            let error = try observed.json["errors"]?[0]
            #expect(error?["code"]?.text == "FORBIDDEN_ERROR")
            #expect(error?["title"]?.text == "The given operation is not allowed")
            #expect(
                error?["detail"]?.text
                    == "The relationship 'devices' does not allow 'GET_RELATED'. Allowed operation is: GET_RELATIONSHIP"
            )
            for path in ["/v1/orgDeviceActivities", "/v1/users", "/v1/blueprints/1", "/v1/auditEvents/event-1"] {
                let reply = try await client.get(path, token: token)
                #expect(reply.status == 403, "\(path)")
            }
        }
    }

    @Test(arguments: [
        ("PATCH", "/v1/orgDeviceActivities/1"), ("DELETE", "/v1/orgDeviceActivities/1"), ("POST", "/v1/mdmServers"),
        ("POST", "/v1/orgDevices"), ("POST", "/v1/orgDeviceActivities/1"), ("PATCH", "/v1/mdmServers/1"),
        ("DELETE", "/v1/mdmServers/1"), ("PUT", "/v1/orgDevices"),
    ])
    func writingIsForbidden(_ method: String, _ path: String) async throws {
        try await withSandbox { client, token in
            let headers = [("Authorization", "Bearer \(token)"), ("Accept", "application/json")]
            let reply = try await client.send(method, client.sandbox.apiURL + path, headers: headers, body: "{}")
            #expect(reply.status == 403)
            #expect(try reply.json["errors"]?[0]?["code"]?.text == "FORBIDDEN_ERROR")
        }
    }

    @Test(arguments: ["/", "/v1", "/v1/", "/v2/orgDevices", "/v1/devices", "/v1/orgDevices/", "/v1/orgDevices/A/b/c"])
    func unknownPathsAreNotFound(_ path: String) async throws {
        try await withSandbox { client, token in
            let reply = try await client.get(path, token: token)
            #expect(reply.status == 404)
            #expect(try reply.json["errors"]?[0]?["code"]?.text == "NOT_FOUND")
        }
    }

    @Test func theSchoolLacksWhatOnlyBusinessHas() async throws {
        try await withSandbox(.with { $0.platform = .school }) { client, token in
            for path in ["/v1/auditEvents", "/v1/mdmDevices", "/v1/users", "/v1/apps"] {
                let reply = try await client.get(path, token: token)
                #expect(reply.status == 404, "\(path)")
            }
            for path in ["/v1/orgDevices", "/v1/mdmServers"] {
                let reply = try await client.get(path, token: token)
                #expect(reply.status == 200, "\(path)")
            }
        }
    }
}
