/// The pipeline of `axport demo`.
enum DemoPipeline {
    static let file = "pipelines/demo.axport.yaml"

    /// The pipeline as shipped: it writes below the folder in which it is started.
    static let shipped = text(
        head: "# yaml-language-server: $schema=\(GeneratedPages.schemaFile)\n",
        devices: 500,
        folder: "${env:STATE_DIRECTORY:-out}/",
        base: """
            # Paths are relative to the folder where axport is started, and not to that of this file.
            base: .

            """
    )

    /// The pipeline file in the folder that it writes to.
    static func besideOutput(devices: Int) -> String { text(devices: devices, folder: "", base: "") }

    /// Whether a text is an unedited ``besideOutput(devices:)``.
    static func isUnchanged(_ text: String) -> Bool {
        func lines(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter { !$0.hasPrefix("  devices: ") }
        }
        return lines(text) == lines(besideOutput(devices: 500))
    }

    private static func text(head: String = "", devices: Int, folder: String, base: String) -> String {
        """
        \(head)# What `axport demo` runs: a whole organization, from the simulated Apple API inside axport to tables and files.
        # It needs no Apple account. For a real organization, change the section `source`; see nightly-postgres.axport.yaml.
        name: demo
        \(base)source:
          platform: sandbox
          devices: \(devices)

        inventory: "\(folder)inventory.sqlite"

        extract:
          - devices
          - assignments
          - coverage: { max_age: 30d }
          - details

        transform:
          - imei
          - meid
          - eid
          - mac
          - storage
          - applecare

        load:
          - sqlite: { file: "\(folder)assets.sqlite" }
          - sqlite: { file: "\(folder)assets.sqlite", from: coverage }
          - sqlite: { file: "\(folder)assets.sqlite", from: servers }
          - csv:
              file: "\(folder)devices.csv"
              columns: [serial_number, product_family, device_model, capacity_bytes, server_name, imei1, imei2, eid,
                        wifi_mac_address, coverage_state, coverage_plan, coverage_end]
              order: serial
          - ndjson: { file: "\(folder)devices.ndjson", order: serial }
          - csv:
              file: "\(folder)nac-allowlist.csv"
              transform:
                - mac_addresses: { interfaces: [wifi, ethernet], style: colon_upper }
                - sort: [mac]
                - select: { MACAddress: mac, EndPointPolicy: "''", IdentityGroup: "'Apple'" }
          - csv: { file: "\(folder)rejects.csv", from: rejects }

        tests:
          - name: an iPad with a padded IMEI
            devices: [{ serialNumber: C02ABC, imei: [" 356938035643809"], deviceCapacity: 256GB, coverage: [] }]
            load: devices.csv
            expect: [{ serial_number: C02ABC, capacity_bytes: 256000000000, imei1: 356938035643809, coverage_state: none }]
          - name: a placeholder is no address
            devices: [{ serialNumber: C02DEF, wifiMacAddress: "00:00:00:00:00:00", ethernetMacAddress: ["F0:18:98:0A:0B:0D"] }]
            load: nac-allowlist.csv
            expect: [{ MACAddress: "F0:18:98:0A:0B:0D", EndPointPolicy: "", IdentityGroup: Apple }]

        """
    }
}
