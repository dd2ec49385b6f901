import Sandbox
import Testing

@Suite struct EndpointTests {
    @Test func listedDevicesAreWhatTheFleetSaysFieldByField() async throws {
        try await withSandbox(.with { $0.devices = 2000 }) { client, token in
            let pages = try await client.pages("/v1/orgDevices?limit=1000", token: token)
            let sent = pages.flatMap { $0["data"]?.elements ?? [] }
            let devices = client.sandbox.fleet.all.filter(\.isListed)
            #expect(sent.count == devices.count)
            for (reply, device) in zip(sent, devices) {
                #expect(reply["id"]?.text == device.serial)
                let attributes = JSON(device.attributes)
                #expect(reply["attributes"] == attributes)
                let order = reply["attributes"]?["orderNumber"]?.text.map { Array($0.utf8) }
                #expect(order == device.text("orderNumber").map { Array($0.utf8) }, "byte for byte")
            }
        }
    }

    @Test func aDeviceReadAloneHasTheAttributesOfTheList() async throws {
        try await withSandbox { client, token in
            let device = try #require(client.sandbox.fleet.all.first { $0.isListed })
            let json = try await client.get("/v1/orgDevices/\(device.serial)", token: token).json
            #expect(json["data"]?["attributes"] == JSON(device.attributesReadAlone))
            let url = "\(client.sandbox.apiURL)/v1/orgDevices/\(device.serial)"
            #expect(json["links"]?["self"]?.text == url)
            let relationships = json["data"]?["relationships"]
            #expect(relationships?["assignedServer"]?["links"]?["self"]?.text == "\(url)/relationships/assignedServer")
            #expect(relationships?["appleCareCoverage"]?["links"]?["related"]?.text == "\(url)/appleCareCoverage")
        }
    }

    @Test func aReleasedDeviceAnswersOnlyWhenReadAlone() async throws {
        try await withSandbox { client, token in
            let released = try #require(client.sandbox.fleet.all.first { $0.presence == .released })
            let alone = try await client.get("/v1/orgDevices/\(released.serial)", token: token)
            #expect(alone.status == 200)
            let date = try alone.json["data"]?["attributes"]?["releasedFromOrgDateTime"]?.text
            #expect(date == released.releasedAt)
            #expect(date != nil)
            for path in ["appleCareCoverage", "activationLockStatus", "assignedServer"] {
                let reply = try await client.get("/v1/orgDevices/\(released.serial)/\(path)", token: token)
                #expect(reply.status == 404)
            }
        }
    }

    @Test func aDeviceThatIsGoneAnswersNowhere() async throws {
        try await withSandbox { client, token in
            await client.sandbox.advance(toNight: 2)
            let gone = try #require(client.sandbox.fleet.all.first { $0.presence == .gone })
            let alone = try await client.get("/v1/orgDevices/\(gone.serial)", token: token)
            #expect(alone.status == 404)
            #expect(!client.sandbox.fleet.listedSerials.contains(gone.serial))
        }
    }

    @Test func anUnknownDeviceIsNotFoundInApplesWords() async throws {
        try await withSandbox { client, token in
            let reply = try await client.get("/v1/orgDevices/XABC123X0ABC", token: token)
            #expect(reply.status == 404)
            let error = try reply.json["errors"]?[0]
            #expect(error?["status"]?.text == "404")
            #expect(error?["code"]?.text == "NOT_FOUND")
            #expect(error?["title"]?.text == "The specified resource doesn't exist")
            #expect(
                error?["detail"]?.text == "There is no resource of type 'orgDevices' with id 'XABC123X0ABC'"
            )
            #expect(error?["id"]?.text?.count == 36)
        }
    }

    @Test func onlyTheFieldsAskedForAreSent() async throws {
        try await withSandbox { client, token in
            for brackets in ["fields[orgDevices]", "fields%5BorgDevices%5D"] {
                let path = "/v1/orgDevices?limit=1000&\(brackets)=serialNumber,status,assignedServer"
                let data = try await client.get(path, token: token).json["data"]?.elements ?? []
                #expect(data.count > 400)
                for device in data {
                    #expect(device["attributes"]?.names.isSubset(of: ["serialNumber", "status"]) == true)
                    #expect(device["relationships"]?.names == ["assignedServer"])
                }
            }
            let unknown = try await client.get("/v1/orgDevices?fields[orgDevices]=colour", token: token)
            #expect(unknown.status == 400)
        }
    }

    @Test func coverageIsWhatTheFleetSays() async throws {
        try await withSandbox(.with { $0.devices = 60 }) { client, token in
            let fleet = client.sandbox.fleet
            for device in fleet.all where device.isListed {
                let path = "/v1/orgDevices/\(device.serial)/appleCareCoverage"
                let data = try await client.get(path, token: token).json["data"]?.elements ?? []
                let records = fleet.coverage(of: device.index)
                #expect(data.map { $0["id"]?.text } == records.map(\.id))
                #expect(data.map { $0["attributes"] } == records.map { JSON($0.attributes) })
            }
        }
    }

    @Test(arguments: [("empty", 200), ("404", 404)])
    func noCoverageIsAnEmptyListOrNotFound(_ choice: String, _ status: Int) async throws {
        let options = try SandboxOptions.with {
            $0.switches = try SandboxSwitches(parsing: ["no-coverage=\(choice)"])
        }
        try await withSandbox(options) { client, token in
            let fleet = client.sandbox.fleet
            let bare = try #require(fleet.all.first { $0.isListed && fleet.coverage(of: $0.index).isEmpty })
            let reply = try await client.get("/v1/orgDevices/\(bare.serial)/appleCareCoverage", token: token)
            #expect(reply.status == status)
            let data = try reply.json["data"]
            #expect(status == 404 ? data == nil : data == .array([]))
        }
    }

    @Test func theActivationLockIsWhatTheFleetSays() async throws {
        try await withSandbox { client, token in
            let fleet = client.sandbox.fleet
            for device in fleet.all.filter(\.isListed).prefix(300) {
                let reply = try await client.get("/v1/orgDevices/\(device.serial)/activationLockStatus", token: token)
                guard let type = fleet.activationLock(of: device.index) else {
                    #expect(reply.status == 500)
                    continue
                }
                let attributes = try reply.json["data"]?["attributes"]
                #expect(attributes?["lockType"]?.text == type)
                #expect(attributes?["isLocked"] == .boolean(type != "NONE"))
            }
        }
    }

    @Test func bothFormsOfTheAssignedServerAgree() async throws {
        try await withSandbox { client, token in
            let device = try #require(client.sandbox.fleet.all.first { $0.serverID != nil })
            let path = "/v1/orgDevices/\(device.serial)"
            let linkage = try await client.get("\(path)/relationships/assignedServer", token: token).json
            #expect(linkage["data"]?["id"]?.text == device.serverID)
            let server = try await client.get("\(path)/assignedServer", token: token).json["data"]
            #expect(server?["id"]?.text == device.serverID)
            #expect(
                server?["attributes"]?.names
                    == ["serverName", "serverType", "createdDateTime", "updatedDateTime"]
            )
        }
    }

    @Test(arguments: ["empty-id", "no-data", "null", "404"])
    func anUnassignedDeviceAnswersAsTheSwitchSays(_ choice: String) async throws {
        let options = try SandboxOptions.with { $0.switches = try SandboxSwitches(parsing: ["unassigned=\(choice)"]) }
        try await withSandbox(options) { client, token in
            let device = try #require(client.sandbox.fleet.all.first { $0.isListed && $0.serverID == nil })
            let path = "/v1/orgDevices/\(device.serial)"
            let reply = try await client.get("\(path)/relationships/assignedServer", token: token)
            #expect(reply.status == (choice == "404" ? 404 : 200))
            let data = try reply.json["data"]
            switch choice {
            case "empty-id": #expect(data?["id"]?.text == "")
            case "null": #expect(data == .null)
            default: #expect(data == nil)
            }
            let related = try await client.get("\(path)/assignedServer", token: token)
            #expect(related.status == 404)
        }
    }

    @Test func aServerIsReadAloneAndTellsItsLastConnectionOnlyWhenAsked() async throws {
        try await withSandbox { client, token in
            let server = try #require(client.sandbox.fleet.servers.first)
            let path = "/v1/mdmServers/\(server.id)"
            let json = try await client.get(path, token: token).json
            #expect(json["data"]?["attributes"]?["serverName"]?.text == server.name)
            #expect(json["data"]?["attributes"]?["lastConnectedIp"] == nil)
            let asked = try await client.get("\(path)?fields[mdmServers]=lastConnectedIp", token: token).json
            #expect(asked["data"]?["attributes"]?.names == ["lastConnectedIp"])
            let unknown = try await client.get("/v1/mdmServers/0123", token: token)
            #expect(unknown.status == 404)
        }
    }

    @Test func activitiesAreReadAloneAndHaveALog() async throws {
        try await withSandbox { client, token in
            for activity in client.sandbox.fleet.activities {
                let json = try await client.get("/v1/orgDeviceActivities/\(activity.id)", token: token).json
                let attributes = json["data"]?["attributes"]
                #expect(attributes?["status"]?.text == activity.status)
                #expect(attributes?["subStatus"]?.text == activity.subStatus)
                guard activity.status == "COMPLETED" else {
                    #expect(attributes?["downloadUrl"] == nil)
                    continue
                }
                let url = try #require(attributes?["downloadUrl"]?.text)
                let log = try await client.send("GET", url, headers: [])
                #expect(log.status == 200)
                #expect(log.body.contains("serial_number,operation_status,operation_substatus,timestamp\r\n"))
            }
        }
    }

    @Test func managedDevicesAreThoseOfTheBuiltInService() async throws {
        try await withSandbox { client, token in
            let fleet = client.sandbox.fleet
            let server = try #require(fleet.servers.first { $0.type == "APPLE_MDM" })
            let ids = try await client.ids("/v1/mdmDevices", token: token)
            #expect(ids == fleet.all.filter { $0.serverID == server.id }.map(\.serial))
            let details = try await client.get("/v1/mdmDevices/\(ids[0])/details", token: token).json
            #expect(details["data"]?["type"]?.text == "mdmDeviceDetails")
            #expect(details["data"]?["attributes"]?["storageTotalCapacity"]?.int == 256_000_000_000)
        }
    }
}
