/// One AppleCare or warranty record of a device.
package struct SandboxCoverage: Sendable, Hashable {
    /// The serial number, an agreement number, or `abe-` followed by the serial number.
    package let id: String
    /// In sending order.
    package let attributes: [SandboxAttribute]
}

/// The contents of a coverage record before it is written.
struct Contract {
    var description: String
    var payment: String
    var agreement: String?
    var start: Moment
    var end: Moment?
    var isRenewable = false
    var canceled: Moment?
    var isCanceled = false
    var status: String?

    func coverage(id: String, asOf now: Moment) -> SandboxCoverage {
        let isOver = (end.map { $0 <= now } ?? false) || (canceled.map { $0 <= now } ?? false)
        let isActive = start <= now && !isOver
        func date(_ moment: Moment?) -> SandboxValue {
            moment.map { .text($0.midnight.textWithoutFraction) } ?? .null
        }
        return SandboxCoverage(
            id: id,
            attributes: [
                SandboxAttribute("contractCancelDateTime", date(canceled)),
                SandboxAttribute("startDateTime", date(start)),
                SandboxAttribute("isRenewable", .boolean(isRenewable)),
                SandboxAttribute("isCanceled", .boolean(isCanceled)),
                SandboxAttribute("description", .text(description)),
                SandboxAttribute("agreementNumber", agreement.map(SandboxValue.text) ?? .null),
                SandboxAttribute("endDateTime", date(end)),
                SandboxAttribute("status", .text(status ?? (isActive ? "ACTIVE" : "INACTIVE"))),
                SandboxAttribute("paymentType", .text(payment)),
            ]
        )
    }
}
