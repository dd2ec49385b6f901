import Foundation
import Inventory
import Sandbox
import TestSupport
import Testing

/// What is known of a device, without a request.
@Suite struct ShowCommandTests {
    private static let text = """
        name: nightly
        source: { name: acme, platform: sandbox, devices: 60 }
        extract: [devices, assignments, coverage]
        transform:
          - imei
          - eid
          - mac
          - storage
          - where: product_family <> 'Mac'
        load:
          - csv: { file: all.csv }
          - csv: { file: red.csv, transform: [where: "color = 'RED'", select: { Serial: serial_number, Tag: "'A-' || serial_number" }] }
        """

    /// One run; then a phone has these attributes, as if Apple had sent them.
    private func withPhone(
        _ attributes: String,
        _ test: (Command, _ serial: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(Self.text, to: "nightly.axport.yaml")
            let run = try await command("run", "nightly.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let serial = try sqlite(
                command,
                """
                UPDATE device SET attributes = json_patch(attributes, '\(attributes.replacing("'", with: "''"))')
                  WHERE id = (SELECT id FROM device WHERE attributes ->> '$.productFamily' = 'iPhone' ORDER BY id LIMIT 1)
                  RETURNING serial
                """
            )
            try await test(command, serial.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    @discardableResult
    private func sqlite(_ command: Command, _ sql: String, source: String = "acme") throws -> String {
        let path = "\(command.folder)/.local/state/axport/\(source).sqlite"
        let run = try Program.run("/usr/bin/env", ["sqlite3", path, sql])
        try #require(run.status == 0, "\(run.errors)")
        return run.output
    }

    private static let badValues = """
        {"orderNumber":4711,"imei":["35-209900-176148-2"],"eid":"8904903200400888260000212345678","color":"RED",
        "deviceCapacity":"256GB","somethingNew":{"a":1}}
        """

    @Test func everyRejectedValueIsExplainedInWords() async throws {
        try await withPhone(Self.badValues) { command, serial in
            for arguments in [["show", serial], ["show", serial, "--from", "nightly.axport.yaml"]] {
                let show = try await command(arguments)
                #expect(show.status == 0, "\(show.errors)")
                for line in [
                    "  rejected                3 values (order_number, imeis, eid); below, ✗ says why; they stay empty until Apple sends others",
                    "✗ empty: the stage `devices` rejects it: expected text, got the number 4711",
                    "✗ empty: the stage `imei` rejects it: its check digit is 2, and the other 14 digits call for 1",
                    "✗ empty: the stage `eid` rejects it: it has 31 digits, and an EID has 32",
                    "  order_number            4711\n", #"  imeis                   ["35-209900-176148-2"]"#,
                    "  capacity_bytes          256000000000 (storage)", #"{"somethingNew":{"a":1}}"#,
                ] {
                    #expect(show.output.contains(line), "\(line)\n\(show.output)")
                }
            }
        }
    }

    @Test func whatEachLoadHasOfItIsTold() async throws {
        try await withPhone(#"{"color":"RED"}"#) { command, serial in
            let red = try await command("show", serial, "--from", "nightly.axport.yaml").output
            #expect(red.contains("/all.csv: has it"), "\(red)")
            #expect(red.contains("/red.csv: has it"))
            #expect(red.contains("Tag                     A-\(serial)"))
            try sqlite(command, #"UPDATE device SET attributes = json_set(attributes, '$.color', 'BLUE')"#)
            let blue = try await command("show", serial, "--from", "nightly.axport.yaml").output
            #expect(blue.contains("/red.csv: does not have it, because `where: color = 'RED'` drops it"), "\(blue)")
            let mac = try sqlite(
                command,
                "SELECT serial FROM device WHERE attributes ->> '$.productFamily' = 'Mac' LIMIT 1"
            ).trimmingCharacters(in: .whitespacesAndNewlines)
            let dropped = try await command("show", mac, "--from", "nightly.axport.yaml").output
            #expect(dropped.contains("then `where: product_family <> 'Mac'` drops the device"), "\(dropped)")
            #expect(dropped.contains("/all.csv: does not have it"))
        }
    }

    @Test func theJSONHasItAllOnOneLine() async throws {
        try await withPhone(Self.badValues) { command, serial in
            let show = try await command("show", serial, serial.lowercased(), "--json")
            let lines = show.output.split(separator: "\n")
            #expect(lines.count == 2 && lines.first == lines.last)
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
            )
            #expect(json["serial_number"] as? String == serial)
            #expect(json["source"] as? String == "acme")
            #expect((json["sent"] as? [String: Any])?["orderNumber"] as? Int == 4711)
            let columns = try #require(json["columns"] as? [[String: Any]])
            let order = try #require(columns.first { $0["column"] as? String == "order_number" })
            #expect(order["sent"] as? Int == 4711)
            #expect(order["value"] is NSNull)
            let reject = try #require((order["rejects"] as? [[String: Any]])?.first)
            #expect(reject["code"] as? String == "type")
            #expect(reject["message"] as? String == "expected text, got the number 4711")
        }
    }

    @Test func anUnknownSerialNumberIsToldWithTheNearest() async throws {
        try await withPhone("{}") { command, serial in
            let near = try await command("show", String(serial.dropLast()) + "#", serial)
            #expect(near.status == 64)
            #expect(near.errors.contains("hint: did you mean '\(serial)'?"), "\(near.errors)")
            #expect(near.output.hasPrefix(serial))
            let far = try await command("show", "XX", "--from", "nightly.axport.yaml")
            #expect(
                far.errors == """
                    error: no device 'XX' in acme
                    hint: a device that came after the latest run is not known yet; `axport show XX --refresh --from \
                    nightly.axport.yaml` asks Apple

                    """
            )
            let asked = try await command("show", "XX", "--refresh", "--from", "nightly.axport.yaml")
            #expect(asked.status == 64)
            #expect(
                asked.errors.contains("error: no device 'XX' in the inventory of acme, nor at Apple"),
                "\(asked.errors)"
            )
        }
    }

    @Test func anIMEIIsToldAsThatOfADevice() async throws {
        try await withPhone(#"{"imei":["352099001761481"]}"#) { command, serial in
            let show = try await command("show", "352099001761481")
            #expect(show.status == 64)
            #expect(show.errors.contains("'352099001761481' is another value of \(serial): `axport show \(serial)`"))
        }
    }

    @Test func aDeviceThatLeftIsShownAsThat() async throws {
        try await withPhone("{}") { command, serial in
            try sqlite(command, "UPDATE device SET removed_at = 1767225600000000 WHERE serial = '\(serial)'")
            let show = try await command("show", serial, "--from", "nightly.axport.yaml")
            #expect(show.status == 0)
            #expect(
                show.output.contains(
                    "left the organization: missing since the list of 2026-01-01T00:00:00.000Z; when it"
                ),
                "\(show.output)"
            )
            #expect(show.output.contains("/all.csv: has it as removed, or no longer"))
        }
    }

    @Test func allOrganizationsThatKnowItAreTold() async throws {
        try await withPhone("{}") { command, serial in
            let state = "\(command.folder)/.local/state/axport"
            try FileManager.default.copyItem(atPath: "\(state)/acme.sqlite", toPath: "\(state)/branch.sqlite")
            try sqlite(
                command,
                "UPDATE device SET removed_at = 1767225600000000 WHERE serial = '\(serial)'",
                source: "branch"
            )
            let show = try await command("show", serial)
            #expect(show.output.hasPrefix("\(serial) is known in 2 organizations: acme, branch\n"), "\(show.output)")
            #expect(show.output.contains("organization            branch, inventory \(state)/branch.sqlite"))
            let one = try await command("show", serial, "--source", "branch")
            #expect(one.output.hasPrefix("\(serial): "), "\(one.errors)")
            let misspelled = try await command("show", serial, "--source", "brunch").errors
            #expect(misspelled.contains("did you mean 'branch'"), "\(misspelled)")
            try command.write("no database", to: ".local/state/axport/acme.sqlite", mode: 0o600)
            let damaged = try await command("show", serial)
            #expect(damaged.status == 73, "\(damaged.errors)")
            #expect(damaged.output.contains("branch"))
        }
    }

    @Test func itIsShownWhileARunHoldsTheInventoryAndWithoutSecrets() async throws {
        try await withSandbox(.with(devices: 40)) { command, _ in
            let text = pipeline(load: "  - csv: { file: a.csv }")
            try command.write(text.replacing("source:\n", with: "source:\n  name: acme\n"), to: "p.axport.yaml")
            try command.write(text, to: "nameless.axport.yaml")
            #expect(try await command("run", "p.axport.yaml").status == 0)
            let serial = try #require(try command.read("a.csv").split(whereSeparator: \.isNewline).dropFirst().first)
                .split(separator: ",")[0]
            var poor = command
            poor.environment = [:]
            let show = try await poor("show", String(serial), "--from", "p.axport.yaml")
            #expect(show.status == 0, "\(show.errors)")
            #expect(show.output.hasPrefix("\(serial)"))
            // This inventory has the name of the account.
            #expect(try await command("run", "nameless.axport.yaml").status == 0)
            let nameless = try await command("show", String(serial), "--from", "nameless.axport.yaml")
            #expect(nameless.status == 0, "\(nameless.errors)")
            let refused = try await poor("show", String(serial), "--refresh")
            #expect(refused.status == 64)
            #expect(refused.errors.contains("hint: name the pipeline file with --from, or set AXPORT_CLIENT_ID"))
        }
    }

    @Test func withoutAnInventoryARunIsAdvised() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(Self.text, to: "nightly.axport.yaml")
            let show = try await command("show", "X", "--from", "nightly.axport.yaml")
            #expect(show.status == 64)
            #expect(show.errors.contains("hint: run `axport run nightly.axport.yaml` once"), "\(show.errors)")
            let none = try await command("show", "X")
            #expect(none.status == 64)
        }
    }
}
