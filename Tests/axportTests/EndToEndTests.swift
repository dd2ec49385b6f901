import Foundation
import Sandbox
import TestSupport
import Testing

/// The whole job against an API on another port: PostgreSQL, CSV and NDJSON agree with the sandbox's truth, field by
/// field.
@Suite struct EndToEndTests {
    private static let attributes = [
        ("device_model", "deviceModel"), ("product_family", "productFamily"), ("product_type", "productType"),
        ("device_capacity", "deviceCapacity"), ("part_number", "partNumber"), ("order_number", "orderNumber"),
        ("color", "color"), ("status", "status"), ("eid", "eid"), ("wifi_mac_address", "wifiMacAddress"),
        ("bluetooth_mac_address", "bluetoothMacAddress"), ("purchase_source_type", "purchaseSourceType"),
    ]

    private func load(_ database: String) -> String {
        let columns = (["serial_number", "server_id"] + Self.attributes.map { $0.0 }).joined(separator: ", ")
        return """
              - postgres: { url: "\(database)", columns: [\(columns)] }
              - csv: { file: out/devices.csv, columns: [\(columns)] }
              - ndjson: { file: out/devices.ndjson }
              - csv: { file: out/rejects.csv, from: rejects }
            """
    }

    private static let identifiers = [
        "partNumber", "orderNumber", "eid", "wifiMacAddress", "bluetoothMacAddress",
    ]

    /// Expected value of a text attribute after extraction; nil if it is absent, blank, truncated, or not a text. A
    /// number has lost its leading zeros, so it is not an identifier.
    private static func text(_ value: SandboxValue?, isIdentifier: Bool) -> String? {
        switch value {
        case .text(let text):
            return text.contains("\0") || text.allSatisfy { $0.isWhitespace } ? nil : text
        case .number(let digits): return isIdentifier ? nil : digits
        case .array(let elements): return elements.count > 1 ? nil : text(elements.first, isIdentifier: isIdentifier)
        default: return nil
        }
    }

    private func compare(
        _ command: Command,
        _ sandbox: RunningSandbox,
        _ server: PostgresServer,
        _ database: String
    ) async throws {
        let fleet = sandbox.fleet
        let listed = (0..<fleet.count).compactMap { fleet.device(at: $0) }.filter(\.isListed)
        let names = ["server_id"] + Self.attributes.map { $0.0 }
        try server.export("SELECT * FROM devices", database: database, to: "\(command.folder)/out/table.csv")
        let table = try read("csv", "\(command.folder)/out/table.csv")
        let cells = try read("csv", "\(command.folder)/out/devices.csv")
        let lines = try read("ndjson", "\(command.folder)/out/devices.ndjson")
        #expect(table.count == listed.count && lines.count == listed.count && cells.count == listed.count)

        var differences: [String] = []
        for device in listed {
            var expected = [device.serverID]
            for (_, attribute) in Self.attributes {
                let value = device.attributes.first { $0.name == attribute }?.value
                expected.append(Self.text(value, isIdentifier: Self.identifiers.contains(attribute)))
            }
            for (position, name) in names.enumerated() {
                let found = [table, cells, lines].map { rows in
                    (rows[device.serial]?[name] ?? nil).flatMap { $0.isEmpty ? nil : $0 }
                }
                for value in found where value != expected[position] {
                    differences.append(
                        "\(device.serial) \(name): \(value ?? "nil") instead of \(expected[position] ?? "nil")"
                    )
                }
            }
        }
        #expect(differences.count == 0, "\(differences.prefix(5))")
    }

    /// Rows by serial number, as Python's csv and json modules read them.
    private func read(_ format: String, _ file: String) throws -> [String: [String: String?]] {
        let script = """
            import csv, json, sys
            with open(sys.argv[2], newline="", encoding="utf-8") as f:
                rows = csv.DictReader(f) if sys.argv[1] == "csv" else map(json.loads, f)
                print(json.dumps({row["serial_number"]: {name: value for name, value in row.items()
                                                         if value is None or isinstance(value, str)} for row in rows}))
            """
        let run = try Program.run("/usr/bin/env", ["python3", "-c", script, format, file])
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode([String: [String: String?]].self, from: Data(run.output.utf8))
    }

    @Test func fiveThousandDevicesArriveAsTheyAre() async throws {
        let server = try await PostgresServer.shared()
        let database = try server.freshDatabase()
        try await withSandbox(.with { $0.devices = 5000 }) { command, sandbox in
            let text = pipeline(extract: "[devices, assignments]", transform: "[storage]", load: load(database))
            try command.write(text, to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            try await compare(command, sandbox, server, database)
        }
    }

    @Test func faultsAndLimitsChangeNothing() async throws {
        let server = try await PostgresServer.shared()
        let database = try server.freshDatabase()
        let faults = try Fault.list(parsing: "500:0.02,reset:0.01,truncate:0.01,badjson:0.005")
        try await withSandbox(
            .with {
                $0.devices = 2000
                $0.faults = faults
                $0.rate = 200
                $0.burst = 50
            }
        ) { command, sandbox in
            let extract = "[devices, assignments, coverage: { max_requests: 1000 }]"
            let text = pipeline(extract: extract, transform: "[storage, applecare]", load: load(database))
            try command.write(text, to: "test.axport.yaml")
            let run = try await command("run", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            try await compare(command, sandbox, server, database)
            #expect(await sandbox.statistics.faults.values.reduce(0, +) > 10)
        }
    }
}
