extension Schema {
    package static let assignmentsLog = Schema(
        .assignmentsLog,
        """
        What axport did to the assignments of devices, oldest first: one row for each device that was sent, or left out \
        at the last moment. A verdict of `unknown` is completed later.
        """,
        key: ["seq"],
        [
            Field("seq", .integer, "Number of the row; never reused, even if the inventory is deleted."),
            Field("recorded_at", .timestamp, "When axport decided to send the device, or to leave it out."),
            Field("plan", .text, as: .identifier, "Hash of the plan."),
            Field("rule", .text, "Rule of the plan; empty for `unassign`, `migration`, and `release`."),
            Field("serial_number", .text, as: .identifier, "Serial number of the device."),
            Field(
                "action",
                .text,
                "assign, move, migrate, unassign, update_migration, cancel_migration, or release."
            ),
            Field("from_id", .text, as: .identifier, "ID of the service that the device was on."),
            Field("from_name", .text, "Name of that service."),
            Field("to_id", .text, as: .identifier, "ID of the service that it was sent to."),
            Field("to_name", .text, "Name of that service."),
            Field("activity_id", .text, as: .identifier, "Apple's ID of the activity; empty if none was accepted."),
            Field("activity_type", .text, "Apple's word for the activity."),
            Field("activity_status", .text, "Apple's last status of the activity."),
            Field("activity_sub_status", .text, "Apple's last substatus of the activity."),
            Field("verdict", .text, "landed, not_landed, unknown, stale, or skipped."),
            Field("word", .text, "Apple's word for the device, or why it was left out."),
            Field("verdict_at", .timestamp, "When the verdict was found."),
            Field(
                "migration_status",
                .text,
                "For a migration that landed: REQUESTED, STARTED, SUCCESS, FAILED, or CANCELED by axport."
            ),
            Field("seconds", .real, "Seconds from the decision to the verdict."),
            Field("user", .text, "User who applied the plan."),
            Field("host", .text, "Machine on which it was applied."),
            Field("version", .text, "Version of axport."),
        ]
    )
}
