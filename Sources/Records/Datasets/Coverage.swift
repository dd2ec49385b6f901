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
                "Apple's id of the record: serial, agreement number or `abe-` and serial."
            ),
            Field("status", .text, from: "status", "ACTIVE or INACTIVE."),
            Field("description", .text, from: "description", "Name of the plan."),
            Field(
                "agreement_number",
                .text,
                from: "agreementNumber",
                as: .identifier,
                "Agreement number; none for a warranty."
            ),
            Field("payment_type", .text, from: "paymentType", "ABE_SUBSCRIPTION, PAID_UP_FRONT, SUBSCRIPTION or NONE."),
            Field("start_at", .timestamp, from: "startDateTime", "First moment of the coverage."),
            Field("end_at", .timestamp, from: "endDateTime", "Its end, or that of the current term."),
            Field("is_renewable", .boolean, from: "isRenewable", "Whether it renews by itself."),
            Field("is_canceled", .boolean, from: "isCanceled", "Whether it was cancelled."),
            Field("contract_cancel_at", .timestamp, from: "contractCancelDateTime", "When it was cancelled."),
            Field("extra", .json, "Every attribute of Apple's that has no column of its own."),
        ]
    )
}
