import Foundation
import Sandbox
import Testing

@Suite struct OrganizationsTests {
    private func withOrganizations(
        _ count: Int = 3,
        _ settings: [String] = [],
        _ body: ([RunningSandbox], _ folder: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let list = try SandboxOrganization.list(count, like: .with { $0.devices = 30 }, settings: settings)
        let running = try await Sandbox.start(list, credentialsFolder: folder)
        do {
            try await body(running, folder)
        } catch {
            await running[0].stop()
            throw error
        }
        await running[0].stop()
    }

    @Test func aTokenShowsTheDevicesOfItsOrganizationAndNoOthers() async throws {
        try await withOrganizations(3, ["2:devices=40"]) { running, _ in
            #expect(Set(running.map(\.apiURL)).count == 1)
            let scopes = ["business.api", "school.api", "business.api"]
            var all: Set<String> = []
            for (sandbox, scope) in zip(running, scopes) {
                let client = SandboxClient(sandbox: sandbox)
                let ids = try await client.ids("/v1/orgDevices", token: client.token(scope: scope))
                let fleet = sandbox.fleet
                #expect(ids == (0..<fleet.count).filter { fleet.isListed(at: $0) }.map { fleet.serial(at: $0) })
                #expect(all.isDisjoint(with: ids))
                all.formUnion(ids)
            }
            #expect(running.map(\.fleet.devices) == [30, 40, 30])
        }
    }

    @Test func limitsFaultsAndKeysBelongToOneOrganization() async throws {
        let settings = ["1:rate=1,burst=1", "3-4:fault=500:1", "5:key=revoked"]
        try await withOrganizations(6, settings) { running, _ in
            var found: [[Int]] = []
            for sandbox in running {
                let client = SandboxClient(sandbox: sandbox)
                let scope = sandbox.clientID.hasPrefix("SCHOOL") ? "school.api" : "business.api"
                let reply = try await client.askForToken(SignedAssertion(), scope: scope)
                guard let token = try reply.json["access_token"]?.text else {
                    found.append([reply.status])
                    continue
                }
                let first = try await client.get("/v1/mdmServers", token: token).status
                found.append([first, try await client.get("/v1/mdmServers", token: token).status])
            }
            #expect(found == [[200, 429], [200, 200], [500, 500], [500, 500], [400], [200, 200]])
            #expect(await running[4].statistics.tokensRefused == [.keyID: 1])
            #expect(await running[1].statistics.apiRequests == 2)
        }
    }

    @Test func accountsOutliveARestartWithMoreOrganizations() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var keys: [[String]] = []
        for count in [2, 3] {
            let list = try SandboxOrganization.list(count, like: SandboxOptions())
            let running = try await Sandbox.start(list, credentialsFolder: folder)
            await running[0].stop()
            keys.append(running.map(\.privateKeyPEM))
            let rows = running.enumerated().map { place, its in
                "\(its.name),\(place == 1 ? "school" : "business"),\(its.clientID),\(its.keyID),"
                    + "${file:\(its.name)/private-key.pem},\(its.apiURL),\(its.tokenURL)\n"
            }
            let head = "name,platform,client_id,key_id,private_key,api_url,token_url\n"
            #expect(try String(contentsOfFile: "\(folder)/tenants.csv", encoding: .utf8) == head + rows.joined())
        }
        #expect(keys[0] == Array(keys[1].prefix(2)))
        #expect(Set(keys[1]).count == 3)
        for (path, mode) in [
            ("", 0o700), ("/tenants.csv", 0o600), ("/org-0003", 0o700), ("/org-0003/private-key.pem", 0o600),
        ] {
            let found = try FileManager.default.attributesOfItem(atPath: folder + path)[.posixPermissions] as? Int
            #expect(found == mode, "\(path)")
        }
    }

    @Test func anActivityAndItsLogBelongToOneOrganization() async throws {
        try await withOrganizations { running, _ in
            let client = SandboxClient(sandbox: running[2])
            let token = try await client.token()
            let fleet = running[2].fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            let done = try await client.carryOut(order, token: token)
            #expect(try await client.log(done).count == 1)
            #expect(running.map(\.activities.count) == [0, 0, 1])
            let named = try await client.send(
                "GET",
                "\(running[0].apiURL)/sandbox/truth?organization=org-0003",
                headers: []
            )
            #expect(try named.json["activities"]?.elements.count == 1)
            let nameless = try await client.send("GET", "\(running[0].apiURL)/sandbox/truth", headers: [])
            #expect(nameless.status == 404)
            #expect(nameless.body == "name one of the 3 organizations: /sandbox/truth?organization=org-0001\n")
        }
    }

    @Test(arguments: [
        ("3", "'3' is not NUMBERS:NAME=VALUE; write 3:rate=20/m or 5-9:fault=500:0.02"),
        ("0:devices=1", "'0:devices=1' is not NUMBERS:NAME=VALUE; write 3:rate=20/m or 5-9:fault=500:0.02"),
        ("3-2:devices=1", "'3-2:devices=1' is not NUMBERS:NAME=VALUE; write 3:rate=20/m or 5-9:fault=500:0.02"),
        ("2-4:devices=1", "'2-4:devices=1': there is no organization 4; the last one is 3"),
        ("1:device=1", "'1:device=1': no setting 'device=1'; choose one of devices, night, platform, rate, burst,"),
        ("1:devices=-1", "'1:devices=-1': devices is a whole number from 0 to 10000000"),
        ("1:key=lost", "'1:key=lost': key is one of valid, revoked"),
        ("1:fault=400:1", "no fault '400'; choose one of 500, 503"),
    ])
    func aWrongSettingIsNamed(_ setting: String, _ message: String) {
        let error = #expect(throws: SandboxError.self) {
            try SandboxOrganization.list(3, like: SandboxOptions(), settings: [setting])
        }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "3:rate=20/m", "5-9:fault=500:0.02", "1:switch=role=no-devices,latency-ms=5,night=2,throttle=stall",
    ])
    func theSettingsInMessagesAndHelpAreValid(_ setting: String) throws {
        #expect(try SandboxOrganization.list(9, like: SandboxOptions(), settings: [setting]).count == 9)
    }
}
