import Sandbox
import Testing

@Suite struct ActivitySwitchTests {
    @Test(arguments: ["silent", "log"]) func aForeignSerialIsAcceptedAndNotAssigned(_ choice: String) async throws {
        try await withActivities("unknown=\(choice)") { client, token in
            let fleet = client.sandbox.fleet
            let (own, stranger) = (fleet.unassigned[0].serial, fleet.strangers[0])
            let order = Order.assign([own, stranger], to: fleet.servers[0].id)
            let activity = try await client.carryOut(order, token: token)
            let isSilent = choice == "silent"
            let subStatus = isSilent ? "COMPLETED_WITH_SUCCESS" : "COMPLETED_WITH_FAILURE"
            #expect(activity["subStatus"]?.text == subStatus)
            let row = [stranger, "ERROR", "INVALID_INPUT"]
            #expect(try await client.log(activity) == [[own, "SUCCESS", "UPDATED"]] + (isSilent ? [] : [row]))
            #expect(client.sandbox.activities[0].results.map(\.effect) == [.changed, .unknown])
        }
    }

    @Test func aForeignSerialIsRefusedWhenSwitched() async throws {
        try await withActivities("unknown=409") { client, token in
            let fleet = client.sandbox.fleet
            let serials = [fleet.unassigned[0].serial, fleet.strangers[0]]
            let reply = try await client.post(.assign(serials, to: fleet.servers[0].id), token: token)
            #expect(reply.status == 409)
            #expect(client.sandbox.fleet.device(serials[0])?.serverID == nil)
        }
    }

    @Test(arguments: [
        ("error", "COMPLETED_WITH_ERROR", ["ISSUE", "OPERATION_NOT_ALLOWED"]),
        ("success", "COMPLETED_WITH_SUCCESS", ["SUCCESS", "UPDATED"]),
    ])
    func aDeviceThatIsThereAlready(_ choice: String, _ subStatus: String, _ words: [String]) async throws {
        try await withActivities("same=\(choice)") { client, token in
            let fleet = client.sandbox.fleet
            let device = fleet.onServer(0)[0]
            let activity = try await client.carryOut(.assign([device.serial], to: fleet.servers[0].id), token: token)
            #expect(activity["subStatus"]?.text == subStatus)
            #expect(try await client.log(activity) == [[device.serial] + words])
            #expect(client.sandbox.fleet.device(device.serial) == device, "unchanged")
            #expect(client.sandbox.activities[0].results.map(\.effect) == [.alreadyThere])
        }
    }

    @Test(arguments: [("409", 409), ("accepted", 201)])
    func unassigningWithoutAServer(_ choice: String, _ status: Int) async throws {
        try await withActivities("unassign=\(choice)") { client, token in
            let serial = client.sandbox.fleet.onServer(0)[0].serial
            let reply = try await client.post(Order(type: "UNASSIGN_DEVICES", serials: [serial]), token: token)
            #expect(reply.status == status)
            await client.sandbox.pass(seconds: 20)
            #expect((client.sandbox.fleet.device(serial)?.serverID == nil) == (status == 201))
        }
    }

    @Test func postsHaveALimitOfTheirOwn() async throws {
        try await withActivities("posts=10/h") { client, token in
            let fleet = client.sandbox.fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            for _ in 0..<10 { _ = try await client.accepted(order, token: token) }
            let refused = try await client.post(order, token: token)
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "360")
            #expect(try await client.get("/v1/mdmServers", token: token).status == 200)
            await client.sandbox.pass(seconds: 359)
            #expect(try await client.post(order, token: token).status == 429)
            await client.sandbox.pass(seconds: 2)
            #expect(try await client.post(order, token: token).status == 201)
            #expect(client.sandbox.activities.count == 11)
        }
    }

    @Test(arguments: ["600", "0"])
    func theWaitForAPostIsInTheClientsTime(_ speed: String) async throws {
        try await withActivities("posts=1/h,speed=\(speed)") { client, token in
            let fleet = client.sandbox.fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            _ = try await client.accepted(order, token: token)
            let refused = try await client.post(order, token: token)
            let seconds = try #require(refused.headers["retry-after"].flatMap(Int.init))
            #expect(speed == "0" ? seconds == 3600 : (1...6).contains(seconds))
        }
    }

    @Test(arguments: [FaultKind.lost, .lostToError]) func anAcceptedPostCanStayUnanswered(_ kind: FaultKind)
        async throws
    {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let (serial, target) = (fleet.unassigned[0].serial, fleet.servers[0].id)
            await client.sandbox.setFaults([Fault(kind, 1)])
            let reply = try? await client.post(.assign([serial], to: target), token: token)
            #expect(reply?.status == (kind == .lost ? nil : 500))
            await client.sandbox.setFaults([])
            await client.sandbox.pass(seconds: 20)
            #expect(client.sandbox.fleet.device(serial)?.serverID == target)
            let write = try #require(client.sandbox.writes.first)
            #expect(write.activityID == client.sandbox.activities[0].id)
            #expect(write.isAnswered == (kind == .lostToError))
        }
    }

    @Test func theSerialFilterCanBeMissing() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let own = fleet.listedSerials.prefix(49)
            let path = "/v1/orgDevices?filter[serialNumber]="
            let asked = (own.reversed() + [fleet.strangers[0]]).joined(separator: ",")
            #expect(try await client.ids(path + asked, token: token) == Array(own), "strangers are absent")
            #expect(try await client.ids("\(path)\(asked)&limit=7", token: token) == Array(own))
            let released = try #require(fleet.all.first { $0.presence == .released }).serial
            #expect(try await client.ids(path + released, token: token).isEmpty)
            let tooMany = (asked + "," + fleet.strangers[1])
            #expect(try await client.get(path + tooMany, token: token).status == 400)

            var switches = fleet.switches
            try switches.setActivities(parsing: ["filter=off"])
            await client.sandbox.setSwitches(switches)
            let refused = try await client.get(path + own[0], token: token)
            #expect(try refused.json["errors"]?[0]?["code"]?.text == "PARAMETER_ERROR.ILLEGAL")
        }
    }

    @Test func releasedDevicesStayInTheListWhenSwitched() async throws {
        try await withActivities("released=listed") { client, token in
            let serial = client.sandbox.fleet.onServer(0)[0].serial
            _ = try await client.carryOut(Order(type: "RELEASE_DEVICES", serials: [serial]), token: token)
            let listed = try await client.pages("/v1/orgDevices?limit=1000", token: token)
                .flatMap { $0["data"]?.elements ?? [] }.first { $0["id"]?.text == serial }
            #expect(listed?["attributes"]?["status"]?.text == "UNASSIGNED")
            #expect(listed?["attributes"]?["releasedFromOrgDateTime"] == nil, "only a device read alone has it")
        }
    }

    @Test(arguments: ["spread", "default", "unassigned"])
    func newDevicesAreWhereTheSwitchSays(_ choice: String) async throws {
        try await withActivities("new-devices=\(choice)", .with { $0.devices = 2000 }) { client, _ in
            await client.sandbox.advance(toNight: 2)
            let fleet = client.sandbox.fleet
            let new = (2000..<fleet.count).compactMap(fleet.device(at:))
            #expect(new.count == 10)
            let families: Set<String?> = ["iPhone", "iPad", "Mac"]
            for device in new where choice != "spread" && device.text("productFamily") != nil {
                let hasDefault = choice == "default" && families.contains(device.text("productFamily"))
                #expect(device.serverID == (hasDefault ? fleet.servers[0].id : nil))
            }
            if choice == "spread" { #expect(Set(new.map(\.serverID)).count > 2) }
        }
    }

    @Test func theSchoolHasNoDefaultService() async throws {
        let school = SandboxOptions.with { $0.platform = .school }
        try await withActivities("new-devices=default", school) { client, _ in
            await client.sandbox.advance(toNight: 9)
            let fleet = client.sandbox.fleet
            let new = (fleet.devices..<fleet.count).filter { fleet.device(at: $0)?.serverID != nil }
            #expect(new.isEmpty)
        }
    }

    @Test func recentDevicesOfAppleConfiguratorCanBeAssignedButNotMigrated() async throws {
        try await withActivities("configurator=provisional") { client, token in
            let fleet = client.sandbox.fleet
            let devices = fleet.onServer(1)
            #expect(devices.allSatisfy { ($0.text("addedToOrgDateTime") ?? "") > "2026-10-02" })
            #expect(devices.allSatisfy { $0.value("isMdmMigrationCapable") == .boolean(false) })
            let migration = Order(
                type: "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE",
                serials: [devices[0].serial],
                server: fleet.servers[0].id,
                deadline: "2026-12-01T00:00:00Z"
            )
            let log = try await client.log(try await client.carryOut(migration, token: token))
            #expect(log == [[devices[0].serial, "ISSUE", "OPERATION_NOT_ALLOWED"]])
            let order = Order.assign([devices[0].serial], to: fleet.servers[0].id)
            #expect(try await client.carryOut(order, token: token)["subStatus"]?.text == "COMPLETED_WITH_SUCCESS")
        }
    }

    @Test(arguments: [("all", 3), ("no-deadline", 2), ("hidden", 0)])
    func migrationAttributesDependOnTheAccount(_ choice: String, _ count: Int) async throws {
        try await withActivities("migration=\(choice)", .with { $0.switches.shapes = .documented }) { client, token in
            let fleet = client.sandbox.fleet
            let serial = client.sandbox.fleet.onServer(0).first { $0.isMigrationCapable }?.serial
            let order = Order(
                type: "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE",
                serials: [serial ?? fleet.onServer(0)[0].serial],
                server: fleet.servers[3].id,
                deadline: "2026-12-01T00:00:00Z"
            )
            _ = try await client.carryOut(order, token: token)
            let device = try await client.get("/v1/orgDevices/\(order.serials[0])", token: token).json["data"]
            let names = device?["attributes"]?.names.filter { $0.contains("igration") } ?? []
            #expect(choice == "hidden" ? names.isEmpty : names.count == count)
        }
    }
}
