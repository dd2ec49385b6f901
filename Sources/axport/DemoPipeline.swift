/// The pipeline of `axport demo`, the same as `pipelines/demo.axport.yaml`.
enum DemoPipeline {
    static let file = "pipelines/demo.axport.yaml"

    static let text = """
        # What `axport demo` runs: a whole organization, from the simulated Apple API inside axport to tables and files.
        # It needs no Apple account. For a real organization, change the section `source`; see nightly-postgres.axport.yaml.
        name: demo
        # Paths are relative to the folder where axport is started, and not to that of this file.
        base: .
        source:
          platform: sandbox
          devices: 500

        inventory: "${env:STATE_DIRECTORY:-out}/inventory.sqlite"

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
          - sqlite: { file: "${env:STATE_DIRECTORY:-out}/assets.sqlite" }
          - sqlite: { file: "${env:STATE_DIRECTORY:-out}/assets.sqlite", from: coverage }
          - sqlite: { file: "${env:STATE_DIRECTORY:-out}/assets.sqlite", from: servers }
          - csv:
              file: "${env:STATE_DIRECTORY:-out}/devices.csv"
              columns: [serial_number, product_family, device_model, capacity_bytes, server_name, imei1, imei2, eid,
                        wifi_mac_address, coverage_state, coverage_plan, coverage_end]
              order: serial
          - ndjson: { file: "${env:STATE_DIRECTORY:-out}/devices.ndjson", order: serial }
          - csv:
              file: "${env:STATE_DIRECTORY:-out}/nac-allowlist.csv"
              transform:
                - mac_addresses: { interfaces: [wifi, ethernet], style: colon_upper }
                - sort: [mac]
                - select: { MACAddress: mac, EndPointPolicy: "''", IdentityGroup: "'Apple'" }
          - csv: { file: "${env:STATE_DIRECTORY:-out}/rejects.csv", from: rejects }

        """
}
