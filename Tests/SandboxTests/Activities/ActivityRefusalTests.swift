import Foundation
import Sandbox
import Testing

/// What Apple refuses before it accepts an activity.
@Suite struct ActivityRefusalTests {
    private func expectRefusal(
        _ status: Int,
        _ code: String,
        at pointer: String? = nil,
        of body: String,
        _ client: SandboxClient,
        _ token: String,
        _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await client.post(body: body, token: token)
        #expect(reply.status == status, sourceLocation: place)
        let error = try reply.json["errors"]?[0]
        #expect(error?["status"]?.text == "\(status)", sourceLocation: place)
        #expect(error?["code"]?.text == code, sourceLocation: place)
        #expect(error?["source"]?["pointer"]?.text == pointer, sourceLocation: place)
        #expect(client.sandbox.activities.isEmpty, sourceLocation: place)
    }

    @Test func aWrongMemberIsNamed() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let serial = fleet.unassigned[0].serial
            let right = Order.assign([serial], to: fleet.servers[0].id)
            func order(_ change: (inout Order) -> Void) -> String {
                var order = right
                change(&order)
                return order.body
            }
            let type = "/data/attributes/activityType"
            let server = "/data/relationships/mdmServer"
            let devices = "/data/relationships/devices"
            let deadline = "/data/attributes/activityTypeMetadata/mdmMigrationDeadlineDateTime"
            func migrate(_ moment: String?) -> String {
                order {
                    $0.type = "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE"
                    $0.deadline = moment
                }
            }
            for (code, pointer, body) in [
                ("ATTRIBUTE.REQUIRED", "/data", "{}"),
                ("ATTRIBUTE.TYPE", "/data/type", #"{"data":{"type":"orgDevices"}}"#),
                ("ATTRIBUTE.REQUIRED", type, #"{"data":{"type":"orgDeviceActivities"}}"#),
                ("ATTRIBUTE.INVALID", type, order { $0.type = "REASSIGN_DEVICES" }),
                ("RELATIONSHIP.REQUIRED", server, order { $0.server = nil }),
                ("RELATIONSHIP.INVALID", server, order { $0.server = "0123" }),
                ("RELATIONSHIP.INVALID", server, order { $0.server = fleet.servers[1].id }),
                ("RELATIONSHIP.INVALID", server, order { $0.server = fleet.servers[4].id }),
                ("RELATIONSHIP.INVALID", server, order { $0.type = "RELEASE_DEVICES" }),
                ("RELATIONSHIP.REQUIRED", devices, order { $0.serials = [] }),
                ("RELATIONSHIP.INVALID", "\(devices)/data/1", order { $0.serials = [serial, "no serial"] }),
                ("RELATIONSHIP.INVALID", "\(devices)/data/0", order { $0.serials = [""] }),
                ("ATTRIBUTE.REQUIRED", deadline, migrate(nil)),
                ("ATTRIBUTE.INVALID", deadline, migrate("tomorrow")),
                ("ATTRIBUTE.INVALID", deadline, migrate("2027-01-30T02:00:00.001Z")),
            ] {
                try await expectRefusal(409, "ENTITY_ERROR.\(code)", at: pointer, of: body, client, token)
            }
            let last = try await client.post(body: migrate("2027-01-30T02:00:00Z"), token: token)
            #expect(last.status == 201, "90 days ahead")
        }
    }

    @Test func aBodyThatIsNoJSONIsABadRequest() async throws {
        try await withActivities { client, token in
            for body in ["", "{", #"{"data":[]}"#, #"{"data":{"type":4}}"#] {
                try await expectRefusal(400, "ENTITY_INVALID", of: body, client, token)
            }
        }
    }

    @Test func theContentTypeAndTheTokenAreRequired() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let body = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id).body
            let url = "\(client.sandbox.apiURL)/v1/orgDeviceActivities"
            let (accept, type) = (("Accept", "application/json"), ("Content-Type", "application/json"))
            let authorization = ("Authorization", "Bearer \(token)")
            for (headers, status) in [
                ([accept, type], 401), ([authorization, type], 406), ([authorization, accept], 415),
            ] {
                let reply = try await client.send("POST", url, headers: headers, body: body)
                #expect(reply.status == status)
            }
            #expect(client.sandbox.activities.isEmpty)
        }
    }

    @Test func anActivityCanHaveALargestNumberOfDevices() async throws {
        try await withActivities("most=2") { client, token in
            let fleet = client.sandbox.fleet
            let serials = fleet.unassigned.prefix(3).map(\.serial)
            let order = Order.assign(serials, to: fleet.servers[0].id)
            try await expectRefusal(422, "ENTITY_UNPROCESSABLE", of: order.body, client, token)
            let fewer = try await client.post(.assign(Array(serials.prefix(2)), to: fleet.servers[0].id), token: token)
            #expect(fewer.status == 201)
        }
    }

    @Test(arguments: [("no-assignment", 403, 403), ("no-release", 201, 403), ("everything", 201, 201)])
    func theRoleLimitsWhatIsAccepted(_ role: String, _ assign: Int, _ release: Int) async throws {
        try await withActivities("", try .with { $0.switches.role = try #require(.init(rawValue: role)) }) {
            client,
            token in
            let fleet = client.sandbox.fleet
            let serial = fleet.unassigned[0].serial
            for (order, status) in [
                (Order.assign([serial], to: fleet.servers[0].id), assign),
                (Order(type: "RELEASE_DEVICES", serials: [serial]), release),
            ] {
                let reply = try await client.post(order, token: token)
                #expect(reply.status == status)
                if status == 403 { #expect(try reply.json["errors"]?[0]?["code"]?.text == "FORBIDDEN_ERROR") }
            }
        }
    }

    @Test func aRoleCanLackTheAuditLog() async throws {
        try await withActivities("", .with { $0.switches.role = .noAuditEvents }) { client, token in
            let reply = try await client.get("/v1/auditEvents", token: token)
            #expect(reply.status == 403)
        }
    }
}
