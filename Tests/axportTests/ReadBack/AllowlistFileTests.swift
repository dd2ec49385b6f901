import Foundation
import TestSupport
import Testing

/// What the pipelines for network access control write, read back. The two for FreeRADIUS are read by FreeRADIUS, too.
@Suite struct AllowlistFileTests {
    private static let addresses = ["10e2c9111111", "10e2c9222222", "10e2c9333333", "10e2c9333334"]

    private static func colons(_ address: String) -> String {
        stride(from: 0, to: 12, by: 2).map { String(address.dropFirst($0).prefix(2)) }.joined(separator: ":")
    }

    private static let colonLower = Set(addresses.map(colons))

    @Test func ciscoISE() async throws {
        try await ReadBack.run("nac-cisco-ise") { files in
            let rows = try await files.csv("out/ise-endpoints.csv", by: "MACAddress")
            #expect(Set(rows.keys) == Set(Self.colonLower.map { $0.uppercased() }))
            #expect(rows["10:E2:C9:22:22:22"]?["Description"] == "C.22222222")
            #expect(rows.values.allSatisfy { $0["IdentityGroup"] == "Apple" && $0["EndPointPolicy"] == "" })
            let rejects = try await files.rows("out/nac-cisco-ise-refused.csv")
            #expect(Set(rejects.dropFirst().map { $0[3] }) == ["00:00:00:00:00:00", "bad"])
        }
    }

    @Test func clearPass() async throws {
        try await ReadBack.run("nac-clearpass") { files in
            let bodies = try await files.ndjson("out/clearpass-endpoints.ndjson")
            #expect(bodies.texts("mac_address") == Self.addresses)
            #expect(bodies.allSatisfy { $0["randomized_mac"] as? Bool == false && $0["status"] as? String == "Known" })
            let attributes = bodies.compactMap { $0["attributes"] as? [String: String] }
            #expect(
                attributes.map { $0["Model"] } == [
                    "iPhone 11 Pro Max", HostileFleet.model, HostileFleet.long, HostileFleet.long,
                ]
            )
        }
    }

    @Test func mist() async throws {
        try await ReadBack.run("nac-juniper-mist") { files in
            let rows = try await files.csv("out/mist-usermacs.csv", by: "mac")
            #expect(rows.keys.sorted() == Self.addresses)
            #expect(
                rows["10e2c9333333"] == [
                    "mac": "10e2c9333333", "labels": "apple,mac", "vlan": "", "notes": "C333333333",
                ]
            )
        }
    }

    @Test func meraki() async throws {
        try await ReadBack.run("nac-meraki") { files in
            let body = try await files.json("out/meraki-clients-001.json")
            let clients = try #require(body["clients"] as? [[String: String]])
            #expect(Set(clients.compactMap { $0["mac"] }) == Self.colonLower)
            let names = Set(clients.compactMap { $0["name"] })
            #expect(names.contains("C111111111 iPhone 11 Pro Max"))
            #expect(names.contains("C.22222222 " + HostileFleet.model.trimmingCharacters(in: .whitespaces)))
            #expect(names.allSatisfy { $0.count <= 60 && $0.utf8.count <= 255 })
            #expect(body["groupPolicyId"] as? String == "101")
        }
    }

    @Test func packetFence() async throws {
        try await ReadBack.run("nac-packetfence") { files in
            let rows = try await files.csv("out/packetfence-nodes.csv", by: "mac")
            #expect(Set(rows.keys) == Self.colonLower)
            #expect(rows["10:e2:c9:22:22:22"]?["notes"] == HostileFleet.model)
            #expect(rows["10:e2:c9:11:11:11"]?["computername"] == "C111111111")
            #expect(rows.values.allSatisfy { $0["status"] == "reg" && $0["pid"] == "default" })
        }
    }

    @Test func uniFi() async throws {
        try await ReadBack.run("nac-unifi") { files in
            let document = try await files.json("out/unifi-mac-filter.json")
            #expect(document["mac_filter_list"] as? [String] == Self.addresses.map(Self.colons))
            #expect(document["mac_filter_enabled"] as? Bool == true)
        }
    }

    @Test func freeRADIUSFiles() async throws {
        try await ReadBack.run("nac-freeradius-files") { files in
            let lines = try files.command.read("out/authorize").split(separator: "\n").map(String.init)
            #expect(lines == Self.addresses.map { "\($0)\tCleartext-Password := \"\($0)\"" })
        }
    }

    @Test(.enabled(if: FreeRADIUSServer.isReadable, "Debian's configuration can be read by root and the group freerad"))
    func freeRADIUSLetsThemIn() async throws {
        try await ReadBack.run("nac-freeradius-files") { files in
            let server = try await FreeRADIUSServer(authorize: try files.command.read("out/authorize"))
            for address in Self.addresses { #expect(try await server.accepts(address)) }
            #expect(try await !server.accepts("000000000000"))
        }
    }
}
