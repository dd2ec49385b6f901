import Inventory
import Records

extension FleetReport {
    private var pasts: [(source: Source, past: FleetPast)] {
        sources.compactMap { source in source.past.map { (source, $0) } }
    }

    private func named(_ header: [String]) -> [String] { (sources.count > 1 ? ["Organization"] : []) + header }

    private func named(_ row: [String], of source: Source) -> [String] {
        (sources.count > 1 ? [source.name.shortened(to: 40)] : []) + row
    }

    // MARK: Changes

    var changes: ReportDocument.Section {
        var counts: [String: Int] = [:]
        for (_, past) in pasts {
            for change in past.changes { counts[Self.words(change.kind, change.column), default: 0] += change.devices }
        }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(30)
        let rows = sorted.map { [$0.key, ReportDocument.number($0.value)] }
        let title = "Changes since the last report"
        if rows.isEmpty { return ReportDocument.Section(title: title, parts: [.note("\(since) Nothing changed.")]) }
        let devices = pasts.reduce(0) { $0 + $1.past.changedDevices }
        return ReportDocument.Section(
            title: title,
            parts: [
                .note("\(since) \(counted(devices, "device")) changed. Apple's own bookkeeping is not counted."),
                .table(ReportDocument.Table("By kind of change", ["Change", "Devices"], numbers: [1], rows)),
                .table(latestChanges),
            ]
        )
    }

    private var since: String {
        let marks = pasts.compactMap(\.source.mark)
        guard let first = marks.map(\.since).min() else { return "" }
        let oldest = pasts.compactMap(\.past.oldestChange).map(\.daysSince1970).min()
        let known = oldest.map { $0 > first ? " The oldest change that is known is of \(Self.day($0))." : "" } ?? ""
        let isOfReport = marks.allSatisfy(\.isOfReport)
        return (isOfReport ? "Since the report of \(Self.day(first))." : "Since \(Self.day(first)).") + known
    }

    private var latestChanges: ReportDocument.Table {
        let all = pasts.flatMap { source, past in past.latestChanges.map { (source, $0) } }
        let latest = all.sorted { ($1.1.changedAt, $0.1.serialNumber) < ($0.1.changedAt, $1.1.serialNumber) }.prefix(40)
        let rows = latest.map { source, change in
            named(
                [Self.day(change.changedAt.daysSince1970), change.serialNumber, change.model, Self.words(change)],
                of: source
            )
        }
        return ReportDocument.Table(
            "The latest changes",
            named(["Seen on", "Serial number", "Device", "Change"]),
            rows
        )
    }

    private static func words(_ change: FleetPast.ChangedDevice) -> String {
        let words = words(change.kind, change.column)
        guard change.kind == "updated" || change.kind == "reassigned" else { return words }
        let (before, after) = (change.before ?? "nothing", change.after ?? "nothing")
        return "\(words): \(before.shortened(to: 40)) → \(after.shortened(to: 40))"
    }

    private static func words(_ kind: String, _ column: String?) -> String {
        switch kind {
        case "added": "joined"
        case "updated": "\(column ?? "attributes") changed"
        case "reassigned": "service changed"
        case "coverage": "coverage changed"
        case "activation_lock": "Activation Lock changed"
        case "released": "released by the organization"
        case "vanished": "left the list"
        case "returned": "came back"
        default: kind
        }
    }

    // MARK: Rejects

    var rejects: ReportDocument.Section {
        let title = "Rejected values"
        var counts: [FleetPast.Place: Int] = [:]
        for (_, past) in pasts { for found in past.rejects { counts[found.place, default: 0] += found.count } }
        if counts.isEmpty { return ReportDocument.Section(title: title, parts: [.note("No value is rejected.")]) }
        let sorted = counts.sorted {
            ($1.value, $0.key.column, $0.key.reason) < ($0.value, $1.key.column, $1.key.reason)
        }
        let rows = sorted.prefix(40).map { place, count in
            [place.column, Self.meaning(of: place.reason), ReportDocument.number(count)]
        }
        let examples = pasts.flatMap { source, past in
            past.rejectExamples.map { value in
                let words = [
                    value.serialNumber, value.column, value.value.shortened(to: 40), Self.meaning(of: value.reason),
                ]
                return named(words, of: source)
            }
        }
        return ReportDocument.Section(
            title: title,
            parts: [
                .note(
                    "\(counted(counts.values.reduce(0, +), "value")) cannot be normalized. Their rows are loaded without them."
                ),
                .table(
                    ReportDocument.Table("By column and reason", ["Column", "Reason", "Values"], numbers: [2], rows)
                ),
                .table(
                    ReportDocument.Table(
                        "Examples",
                        named(["Serial number", "Column", "Value", "Reason"]),
                        Array(examples.prefix(20))
                    )
                ),
            ]
        )
    }

    private static func meaning(of reason: String) -> String { Reason(rawValue: reason)?.meaning ?? reason }
}

extension FleetPast {
    /// What rejects have in common.
    fileprivate struct Place: Hashable {
        let column, reason: String
    }
}

extension FleetPast.Rejected {
    fileprivate var place: FleetPast.Place { FleetPast.Place(column: column, reason: reason) }
}
