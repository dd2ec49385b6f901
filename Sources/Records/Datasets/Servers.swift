extension Schema {
    package static let servers = Schema(
        .servers,
        "One row per device management service.",
        key: ["server_id"],
        [
            Field("server_id", .text, as: .identifier, "Apple's id of the service."),
            Field("server_name", .text, from: "serverName", "Its name."),
            Field("server_type", .text, from: "serverType", "MDM, APPLE_CONFIGURATOR or APPLE_MDM."),
            Field("status", .text, from: "status", "ACTIVE, INACTIVE or DELETED."),
            Field("device_count", .integer, from: "deviceCount", "Devices assigned to it, as Apple counts them."),
            Field("created_at", .timestamp, from: "createdDateTime", "When it was created."),
            Field("updated_at", .timestamp, from: "updatedDateTime", "When it was last changed."),
            Field("last_connected_at", .timestamp, from: "lastConnectedDateTime", "When it last talked to Apple."),
            Field(
                "default_product_families",
                .textList,
                from: "defaultProductFamilies",
                "Families assigned to it by default."
            ),
            Field("extra", .json, "Every attribute of Apple's that has no column of its own."),
        ]
    )
}
