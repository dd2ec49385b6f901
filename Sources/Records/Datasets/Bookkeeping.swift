extension Schema {
    package static let changes = Schema(
        "changes",
        "What changed between runs, oldest first; the sequence only ever grows.",
        key: ["seq"],
        [
            Field("seq", .integer, "Number of the change; not reused when the inventory is deleted."),
            Field("serial_number", .text, as: .identifier, "Serial number of the device."),
            Field("changed_at", .timestamp, "When axport saw it."),
            Field(
                "kind",
                .text,
                "added, updated, reassigned, coverage, activation_lock, released, vanished or returned."
            ),
            Field("column", .text, "The column that changed, where it is one."),
            Field("before", .text, "Its value before."),
            Field("after", .text, "Its value after."),
        ]
    )

    package static let rejects = Schema(
        "rejects",
        "Values of the latest run that could not be made canonical; their rows were kept without them.",
        key: [],
        [
            Field("run_id", .text, "The run that refused it."),
            Field("dataset", .text, "Where the row belongs."),
            Field("serial_number", .text, as: .identifier, "Serial number of the device."),
            Field("column", .text, "The column that was left empty."),
            Field("code", .text, "Reason code."),
            Field("value", .text, as: .identifier, "The value as it came."),
            Field("message", .text, "The reason in words."),
            Field("stage", .text, "The stage that refused it."),
        ]
    )

    /// Every dataset that a load can name in `from:`.
    package static let datasets = [devices, coverage, servers, changes, rejects]
}
