import Records

/// Flattens a device's coverage records, for scripts.
enum FlatCoverage {
    /// - Parameter input: `as_of`, `order_date` and `records`.
    static func judge(_ input: [String: JSONMember]) throws -> Judgment {
        guard let asOf = input["as_of"], let records = input["records"], case .array = records.kind else {
            return Judgment(refused: .type)
        }
        let moment = Timestamp.parse(asOf)
        guard let now = moment.value else { return Judgment(refused: moment.isValid ? .format : moment.reason) }
        var list = CoverageList()
        try list.read(records.text.span)
        let summary = list.summary(at: now, orderedOn: input["order_date"].flatMap { Timestamp.parse($0).value })
        return Judgment(.canonical(summary)) { json($0, list) }
    }

    private static func json(_ summary: CoverageSummary, _ list: CoverageList) -> [UInt8] {
        let primary = summary.primary
        func text(_ text: String?) -> String {
            text.map { String(decoding: JSONText.string(Array($0.utf8)), as: UTF8.self) } ?? "null"
        }
        func day(_ day: Int32?) -> String { text(day.map { CalendarDay(daysSince1970: Int($0)).description }) }
        let members: KeyValuePairs = [
            "primary_id": text(list.string(primary?.id)),
            "plan_class": text(primary?.planClass.rawValue),
            "description": text(list.string(primary?.description)),
            "agreement_number": text(list.string(primary?.agreementNumber)),
            "payment_type": text(list.string(primary?.paymentType)),
            "coverage_active": "\(summary.isActive)",
            "coverage_open_ended": "\(summary.isOpenEnded)",
            "coverage_end": day(summary.end),
            "limited_warranty_end": day(summary.limitedWarrantyEnd),
            "coverage_count": "\(summary.count)",
            "warranty_months": summary.warrantyMonths.map { "\($0)" } ?? "null",
        ]
        return Array("{\(members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}".utf8)
    }
}
