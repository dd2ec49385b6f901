extension Schema {
    /// The columns that Apple lists. Stages of the extract section add those of ``additions``.
    package static let devices = Schema(
        .devices,
        "One row per device that the organization owns or has owned.",
        key: ["serial_number"],
        [
            Field("serial_number", .text, from: "serialNumber", as: .identifier, "Serial number."),
            Field(
                "added_to_org_at",
                .timestamp,
                from: "addedToOrgDateTime",
                "When the device joined the organization."
            ),
            Field("updated_at", .timestamp, from: "updatedDateTime", "When Apple last changed the record."),
            Field(
                "released_from_org_at",
                .timestamp,
                from: "releasedFromOrgDateTime",
                "When the organization released the device. Known only for devices that left the list."
            ),
            Field(
                "ordered_at",
                .timestamp,
                from: "orderDateTime",
                "When the device was ordered. Unreliable if `purchase_source_type` is MANUALLY_ADDED."
            ),
            Field("device_model", .text, from: "deviceModel", "Marketing name."),
            Field("product_family", .text, from: "productFamily", "iPhone, iPad, Mac, AppleTV, Watch, or Vision."),
            Field("product_type", .text, from: "productType", "Model identifier, such as `iPhone16,1`."),
            Field("device_capacity", .text, from: "deviceCapacity", "Capacity as Apple prints it, such as `256GB`."),
            Field("part_number", .text, from: "partNumber", as: .identifier, "Part number, such as `FD311LL/A`."),
            Field(
                "order_number",
                .text,
                from: "orderNumber",
                as: .identifier,
                "Order number; resellers can enter any text."
            ),
            Field("color", .text, from: "color", "Color, in uppercase."),
            Field(
                "status",
                .text,
                from: "status",
                "Whether it is assigned to a device management service: ASSIGNED or UNASSIGNED."
            ),
            Field("imeis", .textList, from: "imei", as: .identifier, "IMEIs, in Apple's order."),
            Field("meids", .textList, from: "meid", as: .identifier, "MEIDs."),
            Field("eid", .text, from: "eid", as: .identifier, "eSIM identifier, 32 digits."),
            Field("wifi_mac_address", .text, from: "wifiMacAddress", as: .identifier, "MAC address of Wi-Fi."),
            Field(
                "bluetooth_mac_address",
                .text,
                from: "bluetoothMacAddress",
                as: .identifier,
                "MAC address of Bluetooth."
            ),
            Field(
                "ethernet_mac_addresses",
                .textList,
                from: "ethernetMacAddress",
                aliases: ["builtInEthernetMacAddress"],
                as: .identifier,
                "MAC addresses of built-in Ethernet."
            ),
            Field("purchase_source_type", .text, from: "purchaseSourceType", "APPLE, RESELLER, or MANUALLY_ADDED."),
            Field(
                "purchase_source_id",
                .text,
                from: "purchaseSourceId",
                aliases: ["purchaseSourceUid"],
                as: .identifier,
                "Apple customer number or reseller number. It can begin with a minus sign."
            ),
            Field(
                "is_mdm_migration_capable",
                .boolean,
                from: "isMdmMigrationCapable",
                "Whether it can migrate between device management services."
            ),
            Field("mdm_migration_status", .text, from: "mdmMigrationStatus", "REQUESTED, STARTED, SUCCESS, or FAILED."),
            Field(
                "mdm_migration_deadline_at",
                .timestamp,
                from: "mdmMigrationDeadlineDateTime",
                "When Apple enforces a requested migration."
            ),
            Field("first_seen_at", .timestamp, "When axport first saw the device."),
            Field("last_seen_at", .timestamp, as: .bookkeeping, "When a listing last contained the device."),
            Field("removed_at", .timestamp, "When a complete listing first no longer contained the device."),
            Field("extra", .json, "Attributes from Apple that have no column."),
        ]
    )

    /// The columns that each stage of the extract section adds to `devices`.
    package static let additions: [(stage: String, fields: [Field])] = [
        ("assignments", assignmentFields),
        ("coverage", coverageFields),
        ("activation_lock", activationLockFields),
    ]

    /// The columns that a stage of the extract section adds to `devices`.
    package static func fields(addedBy stage: String) -> [Field] {
        additions.first { $0.stage == stage }?.fields ?? []
    }

    /// The stage of the extract section that adds a column to `devices`.
    package static func stage(adding column: String) -> String? {
        additions.first { $0.fields.contains { $0.name == column } }?.stage
    }

    package static let assignmentFields = [
        Field(
            "server_id",
            .text,
            as: .identifier,
            "ID of the device management service that the device is assigned to."
        ),
        Field("server_name", .text, from: "serverName", "Name of that service."),
        Field("server_type", .text, from: "serverType", "MDM, APPLE_CONFIGURATOR, or APPLE_MDM."),
    ]

    package static let coverageFields = [
        Field(
            "coverage_state",
            .text,
            "covered (Apple has a record, even one that ended), none, or unknown (not read yet, or the request failed)."
        ),
        Field("coverage_checked_at", .timestamp, as: .bookkeeping, "When Apple last answered for this device."),
        Field("coverage_error", .text, "Why the state is unknown, or why it could not be read again."),
        Field("coverage_records", .json, as: .hidden, "Apple's coverage records, input of the transform `applecare`."),
    ]

    package static let activationLockFields = [
        Field(
            "activation_lock_state",
            .text,
            "locked, unlocked, or unknown (not read yet, the request failed, or a state that Apple's API cannot express)."
        ),
        Field("activation_lock_type", .text, "Who locked the device: mdm, user, or none."),
        Field(
            "activation_lock_checked_at",
            .timestamp,
            as: .bookkeeping,
            "When Apple last answered for this device."
        ),
    ]
}
