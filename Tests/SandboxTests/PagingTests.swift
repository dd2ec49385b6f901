import Sandbox
import Testing

@Suite struct PagingTests {
    @Test func pagesYieldEveryListedDeviceOnce() async throws {
        try await withSandbox(.with { $0.devices = 530 }) { client, token in
            let ids = try await client.ids("/v1/orgDevices", token: token)
            #expect(ids == client.sandbox.fleet.listedSerials)
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test func aPageHasAHundredRowsUnlessTheLimitSaysOtherwise() async throws {
        try await withSandbox { client, token in
            let standard = try await client.get("/v1/orgDevices", token: token).json
            #expect(standard["data"]?.elements.count == 100)
            #expect(standard["meta"]?["paging"]?["limit"]?.int == 100)
            let short = try await client.get("/v1/orgDevices?limit=7", token: token).json
            #expect(short["data"]?.elements.count == 7)
            let whole = try await client.get("/v1/orgDevices?limit=1000", token: token).json
            #expect(whole["data"]?.elements.count == client.sandbox.fleet.listedSerials.count)
            #expect(whole["links"]?["next"] == nil)
            #expect(whole["meta"]?["paging"]?["nextCursor"] == nil)
        }
    }

    @Test func theCursorAndTheNextLinkLeadToTheSamePage() async throws {
        try await withSandbox { client, token in
            let first = try await client.get("/v1/orgDevices?limit=10", token: token).json
            let cursor = try #require(first["meta"]?["paging"]?["nextCursor"]?.text)
            let next = try #require(first["links"]?["next"]?.text)
            #expect(next == "\(client.sandbox.apiURL)/v1/orgDevices?cursor=\(cursor)")
            let byCursor = try await client.get("/v1/orgDevices?limit=100&cursor=\(cursor)", token: token).json
            let byLink = try await client.get(next, token: token).json
            #expect(byCursor["data"] == byLink["data"])
            #expect(byCursor["data"]?[0]?["id"]?.text == client.sandbox.fleet.listedSerials[10])
        }
    }

    @Test func theNextLinkKeepsTheParametersWhenSwitched() async throws {
        let options = try SandboxOptions.with { $0.switches = try SandboxSwitches(parsing: ["next=full"]) }
        try await withSandbox(options) { client, token in
            let path = "/v1/orgDevices?limit=200&fields%5BorgDevices%5D=serialNumber,imei"
            let pages = try await client.pages(path, token: token)
            #expect(pages.map { $0["data"]?.elements.count ?? 0 }.prefix(2) == [200, 200])
            for device in pages.flatMap({ $0["data"]?.elements ?? [] }) {
                #expect(device["attributes"]?.names.isSubset(of: ["serialNumber", "imei"]) == true)
            }
        }
    }

    @Test func theLastCursorIsEmptyWhenSwitched() async throws {
        let options = try SandboxOptions.with { $0.switches = try SandboxSwitches(parsing: ["end=empty"]) }
        try await withSandbox(options) { client, token in
            let pages = try await client.pages("/v1/orgDevices", token: token)
            #expect(pages.last?["meta"]?["paging"]?["nextCursor"]?.text == "")
        }
    }

    @Test(arguments: [
        "limit=0", "limit=1001", "limit=-5", "limit=ten", "cursor=bm9uc2Vuc2U", "cursor=%C3%A4", "sort=id",
    ])
    func whatIsOutOfRangeOrUnknownIsABadRequest(_ parameter: String) async throws {
        try await withSandbox { client, token in
            let reply = try await client.get("/v1/orgDevices?\(parameter)", token: token)
            #expect(reply.status == 400)
            let error = try reply.json["errors"]?[0]
            #expect(error?["code"]?.text?.hasPrefix("PARAMETER_ERROR") == true)
            #expect(error?["source"]?["parameter"]?.text == String(parameter.prefix { $0 != "=" }))
        }
    }

    @Test func aLimitIsBroughtIntoRangeWhenSwitched() async throws {
        let options = try SandboxOptions.with {
            $0.devices = 1200
            $0.switches = try SandboxSwitches(parsing: ["limit=clamp"])
        }
        try await withSandbox(options) { client, token in
            let many = try await client.get("/v1/orgDevices?limit=5000", token: token).json
            let few = try await client.get("/v1/orgDevices?limit=0", token: token).json
            #expect(many["data"]?.elements.count == 1000)
            #expect(few["data"]?.elements.count == 1)
        }
    }

    @Test func aCursorOfAnotherListingIsABadRequest() async throws {
        try await withSandbox { client, token in
            let first = try await client.get("/v1/orgDevices", token: token).json
            let cursor = try #require(first["meta"]?["paging"]?["nextCursor"]?.text)
            let reply = try await client.get("/v1/mdmServers?cursor=\(cursor)", token: token)
            #expect(reply.status == 400)
        }
    }

    @Test func serverListsHoldEachAssignedDeviceOnceAndTheCountIsTrue() async throws {
        try await withSandbox(.with { $0.devices = 700 }) { client, token in
            let servers = try await client.pages("/v1/mdmServers", token: token).flatMap { $0["data"]?.elements ?? [] }
            #expect((5...8).contains(servers.count))
            var assigned: [String: String] = [:]
            for server in servers {
                let id = try #require(server["id"]?.text)
                let path = "/v1/mdmServers/\(id)/relationships/devices?limit=1000"
                let serials = try await client.ids(path, token: token)
                #expect(server["attributes"]?["deviceCount"]?.int == serials.count)
                assigned.merge(serials.map { ($0, id) }) { first, _ in
                    Issue.record("a device is in two lists")
                    return first
                }
            }
            let fleet = client.sandbox.fleet
            for index in 0..<fleet.count {
                let device = try #require(fleet.device(at: index))
                #expect(assigned[device.serial] == device.serverID)
            }
            #expect(servers.contains { $0["attributes"]?["deviceCount"]?.int == 0 })
            #expect(servers.contains { $0["attributes"]?["status"]?.text == "INACTIVE" })
            #expect(servers.contains { $0["attributes"]?["serverType"]?.text == "APPLE_MDM" })
            #expect(
                servers.contains { $0["attributes"]?["serverName"]?.text == "Devices Added by Apple Configurator 2" }
            )
        }
    }
}
