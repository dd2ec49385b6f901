import Sandbox
import Testing

/// What each type of activity changes, as every endpoint shows it.
@Suite struct ActivityTypeTests {
    private static let deadline = "2026-12-01T17:00:00.000Z"

    private func events(_ client: SandboxClient, _ token: String) async throws -> [JSON] {
        let path =
            "/v1/auditEvents?filter[startTimestamp]=2026-11-01T02:00:00Z&filter[endTimestamp]=2026-11-03T00:00:00Z"
        return try await client.pages(path, token: token).flatMap { $0["data"]?.elements ?? [] }
            .compactMap { $0["attributes"] }
    }

    @Test func theAnswerToAPostIsApples() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let reply = try await client.post(
                .assign([fleet.unassigned[0].serial], to: fleet.servers[0].id),
                token: token
            )
            #expect(reply.status == 201)
            let json = try reply.json
            #expect(json["data"]?["type"]?.text == "orgDeviceActivities")
            let attributes = try #require(json["data"]?["attributes"])
            #expect(attributes.names == ["status", "subStatus", "createdDateTime"])
            #expect(attributes["status"]?.text == "IN_PROGRESS")
            #expect(attributes["subStatus"]?.text == "SUBMITTED")
            #expect(attributes["createdDateTime"]?.text == "2026-11-01T02:00:00.000Z", "the fleet's time")
            let url = "\(client.sandbox.apiURL)/v1/orgDeviceActivities"
            #expect(json["links"]?["self"]?.text == url)
            let id = try #require(json["data"]?["id"]?.text)
            #expect(json["data"]?["links"]?["self"]?.text == "\(url)/\(id)")
        }
    }

    @Test func assigningMovesDevicesAndEveryEndpointShowsIt() async throws {
        try await withActivities { client, token in
            let before = client.sandbox.fleet
            let (source, target) = (before.servers[0], before.servers[3])
            let (free, moved) = (before.unassigned[0].serial, before.onServer(0)[0].serial)
            let activity = try await client.carryOut(.assign([free, moved], to: target.id), token: token)
            #expect(activity["status"]?.text == "COMPLETED")
            #expect(activity["subStatus"]?.text == "COMPLETED_WITH_SUCCESS")
            #expect(try await client.log(activity) == [free, moved].map { [$0, "SUCCESS", "UPDATED"] })

            let list = try await client.ids("/v1/mdmServers/\(target.id)/relationships/devices", token: token)
            #expect(Set(list) == [free, moved])
            let old = try await client.ids("/v1/mdmServers/\(source.id)/relationships/devices", token: token)
            #expect(!old.contains(moved))
            #expect(old.count == source.deviceCount - 1)
            for serial in [free, moved] {
                #expect(client.sandbox.fleet.device(serial)?.serverID == target.id)
                #expect(try await client.assignedServer(serial, token: token) == target.id)
                let related = try await client.get("/v1/orgDevices/\(serial)/assignedServer", token: token).json
                #expect(related["data"]?["attributes"]?["serverName"]?.text == target.name)
                let device = try await client.get("/v1/orgDevices/\(serial)", token: token).json["data"]?["attributes"]
                #expect(device?["status"]?.text == "ASSIGNED")
                #expect(device?["updatedDateTime"]?.text?.hasPrefix("2026-11-01T02:00:10") == true)
            }
            let count = try await client.get("/v1/mdmServers/\(target.id)", token: token).json["data"]?["attributes"]
            #expect(count?["deviceCount"]?.int == 2)

            let events = try await events(client, token)
            #expect(events.map { $0["type"]?.text } == Array(repeating: "DEVICE_ASSIGNED_TO_SERVER", count: 2))
            let data = events[0]["eventDataDeviceAssignedToServer"]
            #expect(data?["serialNumber"]?.text == free)
            #expect(data?["targetServerName"]?.text == target.name)
            #expect(events[0]["actorType"]?.text == "API_USER")
            #expect(events[0]["actorId"]?.text == client.sandbox.clientID)
        }
    }

    @Test func unassigningTakesDevicesFromTheServerThatIsNamed() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let (here, elsewhere) = (fleet.onServer(0)[0].serial, fleet.onServer(4)[0].serial)
            let order = Order(type: "UNASSIGN_DEVICES", serials: [here, elsewhere], server: fleet.servers[0].id)
            let activity = try await client.carryOut(order, token: token)
            #expect(activity["subStatus"]?.text == "COMPLETED_WITH_FAILURE")
            #expect(
                try await client.log(activity) == [
                    [here, "SUCCESS", "UPDATED"], [elsewhere, "ERROR", "INVALID_INPUT"],
                ]
            )
            #expect(client.sandbox.fleet.device(here)?.serverID == nil)
            #expect(client.sandbox.fleet.device(elsewhere)?.serverID == fleet.servers[4].id)
            let device = try await client.get("/v1/orgDevices/\(here)", token: token).json["data"]?["attributes"]
            #expect(device?["status"]?.text == "UNASSIGNED")
            #expect(try await events(client, token).map { $0["type"]?.text } == ["DEVICE_UNASSIGNED_FROM_SERVER"])
        }
    }

    @Test func releasingTakesDevicesOutOfTheOrganization() async throws {
        try await withActivities { client, token in
            let serial = client.sandbox.fleet.onServer(0)[0].serial
            let order = Order(type: "RELEASE_DEVICES", serials: [serial])
            let activity = try await client.carryOut(order, token: token)
            #expect(activity["subStatus"]?.text == "COMPLETED_WITH_SUCCESS")
            #expect(try await !client.ids("/v1/orgDevices?limit=1000", token: token).contains(serial))
            let alone = try await client.get("/v1/orgDevices/\(serial)", token: token).json["data"]?["attributes"]
            #expect(alone?["releasedFromOrgDateTime"]?.text?.hasPrefix("2026-11-01T02:00:10") == true)
            let event = try #require(try await events(client, token).first)
            #expect(event["type"]?.text == "DEVICE_REMOVED_FROM_ORG")
            #expect(event["eventDataDeviceRemovedFromOrg"]?["releaseEntityType"]?.text == "API")

            let back = try await client.carryOut(
                .assign([serial], to: client.sandbox.fleet.servers[0].id),
                token: token
            )
            #expect(back["subStatus"]?.text == "COMPLETED_WITH_ERROR")
            #expect(try await client.log(back) == [[serial, "ISSUE", "OPERATION_NOT_ALLOWED"]])
        }
    }

    @Test func aMigrationAssignsAtOnceAndCanBePutOffOrCanceled() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let (source, target) = (fleet.servers[0].id, fleet.servers[3].id)
            let devices = fleet.onServer(0)
            let able = try #require(devices.first { $0.isMigrationCapable }).serial
            let unable = try #require(devices.first { !$0.isMigrationCapable }).serial
            let free = fleet.unassigned[0].serial
            let order = Order(
                type: "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE",
                serials: [able, unable, free],
                server: target,
                deadline: Self.deadline
            )
            let activity = try await client.carryOut(order, token: token)
            #expect(
                try await client.log(activity) == [
                    [able, "SUCCESS", "UPDATED"], [unable, "ISSUE", "OPERATION_NOT_ALLOWED"],
                    [free, "ISSUE", "OPERATION_NOT_ALLOWED"],
                ]
            )
            func shown() throws -> SandboxDevice { try #require(client.sandbox.fleet.device(able)) }
            #expect(try shown().serverID == target)
            #expect(try shown().text("mdmMigrationStatus") == "REQUESTED")
            #expect(try shown().text("mdmMigrationDeadlineDateTime") == Self.deadline)

            let later = "2026-12-20T17:00:00.000Z"
            let update = Order(type: "UPDATE_MDM_MIGRATION_DEADLINE", serials: [able, unable], deadline: later)
            let updated = try await client.log(try await client.carryOut(update, token: token))
            #expect(updated == [[able, "SUCCESS", "UPDATED"], [unable, "ISSUE", "OPERATION_NOT_ALLOWED"]])
            #expect(try shown().text("mdmMigrationDeadlineDateTime") == later)

            let cancel = Order(type: "CANCEL_MDM_MIGRATION", serials: [able])
            #expect(try await client.log(client.carryOut(cancel, token: token)) == [[able, "SUCCESS", "UPDATED"]])
            #expect(try shown().serverID == source, "it goes back")
            #expect(try shown().text("mdmMigrationStatus") == "FAILED")
            let again = try await client.log(try await client.carryOut(cancel, token: token))
            #expect(again == [[able, "ISSUE", "OPERATION_NOT_ALLOWED"]])
        }
    }

    @Test func aDeadlineThatHasPassedForcesAtOnce() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let serial = try #require(fleet.onServer(0).first { $0.isMigrationCapable }).serial
            let order = Order(
                type: "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE",
                serials: [serial],
                server: fleet.servers[3].id,
                deadline: Self.deadline
            )
            _ = try await client.carryOut(order, token: token)
            let update = Order(
                type: "UPDATE_MDM_MIGRATION_DEADLINE",
                serials: [serial],
                deadline: "2026-10-01T00:00:00Z"
            )
            _ = try await client.carryOut(update, token: token)
            #expect(client.sandbox.fleet.device(serial)?.text("mdmMigrationStatus") == "STARTED")
            let cancel = Order(type: "CANCEL_MDM_MIGRATION", serials: [serial])
            let log = try await client.log(try await client.carryOut(cancel, token: token))
            #expect(log == [[serial, "ISSUE", "OPERATION_NOT_ALLOWED"]])
        }
    }

    @Test func aMigrationEndsOnALaterNightAndNothingElseIsLost() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let target = fleet.servers[3].id
            let able = fleet.onServer(0).filter(\.isMigrationCapable).prefix(40).map(\.serial)
            let order = Order(
                type: "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE",
                serials: able,
                server: target,
                deadline: "2026-11-04T00:00:00Z"
            )
            _ = try await client.carryOut(order, token: token)
            var words: [Set<String>] = []
            for night in 2...6 {
                await client.sandbox.advance(toNight: night)
                let devices = able.compactMap { client.sandbox.fleet.device($0) }.filter { $0.serverID == target }
                #expect(devices.count > 35, "few devices move for other reasons")
                words.append(Set(devices.compactMap { $0.text("mdmMigrationStatus") }))
            }
            #expect(words[0] == ["REQUESTED", "STARTED"])
            #expect(words[4].isSubset(of: ["SUCCESS", "FAILED"]))
            #expect(words[4].contains("SUCCESS"))
        }
    }

    @Test func theBuiltInManagementIsLeftByHandOnly() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let serial = fleet.onServer(2)[0].serial
            for order in [
                Order.assign([serial], to: fleet.servers[0].id),
                Order(type: "UNASSIGN_DEVICES", serials: [serial], server: fleet.servers[2].id),
            ] {
                let log = try await client.log(try await client.carryOut(order, token: token))
                #expect(log == [[serial, "ISSUE", "OPERATION_NOT_ALLOWED"]])
            }
            #expect(client.sandbox.fleet.device(serial)?.serverID == fleet.servers[2].id)
        }
    }

    @Test func theSchoolHasEveryTypeButRelease() async throws {
        try await withActivities("", .with { $0.platform = .school }) { client, token in
            let fleet = client.sandbox.fleet
            let serial = fleet.unassigned[0].serial
            let activity = try await client.carryOut(.assign([serial], to: fleet.servers[0].id), token: token)
            #expect(activity["subStatus"]?.text == "COMPLETED_WITH_SUCCESS")
            #expect(activity["downloadUrl"]?.text?.contains("ASM-ActivityLog_Nov-1-2026_02-00-11.csv") == true)
            let reply = try await client.post(Order(type: "RELEASE_DEVICES", serials: [serial]), token: token)
            #expect(reply.status == 409)
            #expect(client.sandbox.fleet.device(serial)?.isListed == true)
        }
    }
}
