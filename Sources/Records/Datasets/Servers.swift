extension Schema {
    package static let servers = Schema(
        .servers,
        "One row per device management service.",
        key: ["server_id"],
        [
            Field("server_id", .text, as: .identifier, "Apple's ID of the service."),
            Field("server_name", .text, from: "serverName", "Name of the service."),
            Field("server_type", .text, from: "serverType", "MDM, APPLE_CONFIGURATOR, or APPLE_MDM."),
            Field("status", .text, from: "status", "ACTIVE, INACTIVE, or DELETED."),
            Field("device_count", .integer, from: "deviceCount", "Number of assigned devices, as Apple counts them."),
            Field("created_at", .timestamp, from: "createdDateTime", "When the service was created."),
            Field("updated_at", .timestamp, from: "updatedDateTime", "When the service was last changed."),
            Field(
                "last_connected_at",
                .timestamp,
                from: "lastConnectedDateTime",
                "When the service last connected to Apple."
            ),
            Field(
                "default_product_families",
                .textList,
                from: "defaultProductFamilies",
                "Product families that are assigned to it by default."
            ),
            Field("extra", .json, "Attributes from Apple that have no column."),
        ]
    )
}
