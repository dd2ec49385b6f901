import Foundation
import TestSupport
import Testing

/// What the pipelines for asset databases and people write, read back.
@Suite struct AssetFileTests {
    private let model = HostileFleet.model
    private let long = HostileFleet.long

    @Test func intuneGetsWholeModelNames() async throws {
        try await ReadBack.run("intune-corporate-identifiers") { files in
            let file = "out/intune-serial-numbers-001.csv"
            #expect(
                try await files.rows(file) == [
                    ["C22222222", "=iPhone  16 Pro   the 1st; \\. | 'ü' 📱"], ["C111111111", "iPhone 11 Pro Max"],
                    [
                        "C333333333",
                        String(long.replacing(",", with: " ").prefix(128)).trimmingCharacters(in: .whitespaces),
                    ],
                    ["C444444444", "iPad"],
                ]
            )
            // Intune takes quotes for part of the value.
            let text = try files.command.read(file)
            #expect(!text.contains("\""))
        }
    }

    @Test func glpi() async throws {
        try await ReadBack.run("assets-glpi") { files in
            let rows = try await files.csv("out/glpi-devices.csv", by: "Serial number", delimiter: ";")
            #expect(Set(rows.keys) == ReadBack.serials)
            #expect(rows["C111111111"]?["IMEI"] == "352099001761481")
            #expect(rows["C.22222222"]?["IMEI"] == "001003211676807")
            #expect(rows.values.map { $0["Type"] }.count { $0 == "Computer" } == 1)
            #expect(rows["C.22222222"]?["Model"] == model)
            #expect(rows["C111111111"]?["Order date"] == "2025-01-31")
            #expect(rows["C111111111"]?["Warranty months"] == "24")
            let documents = try await files.ndjson("out/glpi-inventory.ndjson")
            let contents = documents.compactMap { $0["content"] as? [String: Any] }
            #expect(documents.allSatisfy { $0["partial"] as? Bool == true && $0["action"] as? String == "inventory" })
            #expect(
                Set(documents.texts("deviceid")) == Set(ReadBack.serials.map { "apple-\($0)" })
            )
            let models = Set(contents.compactMap { ($0["bios"] as? [String: Any])?["smodel"] as? String })
            #expect(models == ["iPhone 11 Pro Max", model, long, "iPad14,1"])
            let networks = contents.compactMap { $0["networks"] as? [[String: Any]] }
            #expect(Set(networks.map { $0.first?["mac"] as? String }) == ["10:e2:c9:11:11:11", "10:e2:c9:22:22:22"])
        }
    }

    @Test func jira() async throws {
        try await ReadBack.run("assets-jira") { files in
            let rows = try await files.csv("out/jira-assets.csv", by: "Serial Number")
            #expect(Set(rows.keys) == ReadBack.serials)
            #expect(rows["C111111111"]?["IMEI"] == "352099001761481||001003211818169")
            #expect(rows["C333333333"]?["Ethernet MAC"] == "10:e2:c9:33:33:33||10:e2:c9:33:33:34")
            #expect(rows["C.22222222"]?["Model"] == model)
            #expect(rows["C.22222222"]?["MDM Server"] == HostileFleet.server)
            #expect(rows["C.22222222"]?["Order Date"] == "12/31/2025")
            #expect(rows["C333333333"]?["AppleCare Plan"] == "Care, \"1\"\r\n\ttwo")
            #expect(rows["C444444444"]?["Model"] == "")
        }
    }

    @Test func netbox() async throws {
        try await ReadBack.run("assets-netbox") { files in
            let rows = try await files.csv("out/netbox-devices.csv", by: "serial")
            #expect(rows["C333333333"]?["device_type"] == long)
            #expect(rows["C333333333"]?["role"] == "apple-mac")
            #expect(rows["C333333333"]?["status"] == "active")
            #expect(rows.count == 1)
            let addresses = try await files.csv("out/netbox-mac-addresses.csv", by: "mac_address")
            #expect(Set(addresses.keys) == ["10:E2:C9:33:33:33", "10:E2:C9:33:33:34"])
            #expect(addresses["10:E2:C9:33:33:34"]?["description"] == "C333333333 ethernet")
        }
    }

    @Test func serviceNow() async throws {
        try await ReadBack.run("assets-servicenow") { files in
            let items = try await files.ndjson("out/servicenow-items.ndjson")
            #expect(Set(items.texts("internal_id")) == ReadBack.serials)
            let classes = items.texts("className")
            #expect(Set(classes) == ["cmdb_ci_computer", "cmdb_ci_handheld_computing"])
            let values = Dictionary(
                items.map { ($0["internal_id"] as? String ?? "", $0["values"] as? [String: String] ?? [:]) }
            ) { $1 }
            #expect(values["C.22222222"]?["short_description"] == model)
            #expect(values["C.22222222"]?["order_date"] == "2025-12-31 23:59:59")
            #expect(values["C111111111"]?["po_number"] == "1100110011")
            #expect(values["C111111111"]?["warranty_expiration"] == "2027-01-31")
            // What is unknown is left out, so that nothing is emptied.
            #expect(values["C444444444"].map { Set($0.keys) } == ["name", "serial_number"])
            #expect(items.allSatisfy { ($0["lookup"] as? [[String: Any]])?.count == 1 })
            let source = items.compactMap { $0["sys_object_source_info"] as? [String: String] }
            #expect(source.count { $0["source_recency_timestamp"] == "2025-01-11 11:11:11" } == 1)
        }
    }

    @Test func snipeIT() async throws {
        try await ReadBack.run("assets-snipe-it") { files in
            let assets = try await files.csv("out/snipe-it-assets.csv", by: "Asset Tag")
            #expect(Set(assets.keys) == ReadBack.serials)
            #expect(assets["C.22222222"]?["Model Name"] == model)
            #expect(assets["C444444444"]?["Model Name"] == "iPad14,1")
            let imeis = try await files.csv("out/snipe-it-imei.csv", by: "Asset Tag")
            #expect(
                imeis.mapValues { $0["IMEI"] } == ["C111111111": "352099001761481", "C.22222222": "001003211676807"]
            )
            let warranty = try await files.csv("out/snipe-it-warranty.csv", by: "Asset Tag")
            #expect(warranty.mapValues { $0["Warranty"] } == ["C111111111": "24"])
            #expect(try await files.csv("out/snipe-it-eid.csv", by: "Asset Tag").keys.sorted() == ["C111111111"])
            let wifi = try await files.csv("out/snipe-it-wifi-mac.csv", by: "Asset Tag")
            #expect(wifi["C.22222222"]?["Wi-Fi MAC"] == "10:e2:c9:22:22:22")
            #expect(wifi.count == 2)
        }
    }

    @Test func jamf() async throws {
        try await ReadBack.run("jamf-mut") { files in
            let rows = try await files.rows("out/mut-computers.csv")
            #expect(rows.map(\.count) == [22, 22])
            #expect(rows[1].filter { !$0.isEmpty } == ["C333333333", "Apple", "2026-11-11", "=1+1"])
        }
    }

    @Test func eSIMs() async throws {
        try await ReadBack.run("esim-list") { files in
            let rows = try await files.csv("out/esim.csv", by: "serial_number")
            #expect(rows.keys.sorted() == ["C111111111"])
            #expect(rows["C111111111"]?["imei2"] == "001003211818169")
            #expect(rows["C111111111"]?["model"] == "iPhone 11 Pro Max")
            let rejects = try await files.rows("out/esim-refused.csv")
            #expect(rejects.dropFirst().map { $0[0] } == ["C.22222222"])
        }
    }

    @Test func auditors() async throws {
        try await ReadBack.run("audit-export") { files in
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(files.command.folder)/out/audit/devices.csv"))
            #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
            let rows = try await files.rows("out/audit/devices.csv")
            let imei1 = try #require(rows[0].firstIndex(of: "imei1"))
            let gigabytes = try #require(rows[0].firstIndex(of: "capacity_gb"))
            #expect(Set(rows.dropFirst().map { $0[gigabytes] }) == ["512", "1000", ""])
            #expect(Set(rows.dropFirst().map { $0[imei1] }) == [#"="352099001761481""#, ""])
            #expect(rows.dropFirst().contains { $0.contains(#"="001003211676807""#) && $0.contains("'" + model) })
            #expect(try await files.rows("out/audit/refused-values.csv").count > 4)
        }
    }

    @Test func demo() async throws {
        try await ReadBack.run("demo") { files in
            let rows = try await files.csv("out/devices.csv", by: "serial_number")
            #expect(Set(rows.keys) == ReadBack.serials)
            #expect(rows["C.22222222"]?["imei1"] == "")
            #expect(rows["C.22222222"]?["imei2"] == "001003211676807")
            #expect(rows["C333333333"]?["device_model"] == long)
            let allowlist = try await files.csv("out/nac-allowlist.csv", by: "MACAddress")
            #expect(allowlist.count == 4)
            let table = try Program.run(
                "/usr/bin/env",
                ["sqlite3", "-json", "\(files.command.folder)/out/assets.sqlite", "SELECT * FROM coverage"]
            )
            let records = try #require(
                try JSONSerialization.jsonObject(with: Data(table.output.utf8)) as? [[String: Any]]
            )
            #expect(Set(records.texts("coverage_id")) == ["1111111111", "1"])
            #expect(records.contains { $0["description"] as? String == "Care, \"1\"\r\n\ttwo" })
            let rejects = try await files.rows("out/rejects.csv")
            #expect(rejects.contains { $0.contains("C333333333") && $0.contains("repeated_key") })
        }
    }
}
