extension Schema {
    package static let coverage = Schema(
        .coverage,
        "One row per AppleCare coverage record of a device.",
        key: ["serial_number", "coverage_id"],
        [
            Field("serial_number", .text, as: .identifier, "Serial number of the device."),
            Field(
                "coverage_id",
                .text,
                as: .identifier,
                "Apple's ID of the record: the serial number, the agreement number, or `abe-` and the serial number."
            ),
            Field("status", .text, from: "status", "ACTIVE or INACTIVE."),
            Field("description", .text, from: "description", "Name of the plan."),
            Field(
                "agreement_number",
                .text,
                from: "agreementNumber",
                as: .identifier,
                "Agreement number; empty for a limited warranty."
            ),
            Field(
                "payment_type",
                .text,
                from: "paymentType",
                "ABE_SUBSCRIPTION, PAID_UP_FRONT, SUBSCRIPTION, or NONE."
            ),
            Field("start_at", .timestamp, from: "startDateTime", "Start of the coverage."),
            Field("end_at", .timestamp, from: "endDateTime", "End of the coverage, or of its current term."),
            Field("is_renewable", .boolean, from: "isRenewable", "Whether it renews automatically."),
            Field("is_canceled", .boolean, from: "isCanceled", "Whether it was canceled."),
            Field("contract_cancel_at", .timestamp, from: "contractCancelDateTime", "When it was canceled."),
            Field("extra", .json, "Attributes from Apple that have no column."),
        ]
    )
}
