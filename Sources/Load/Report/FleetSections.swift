import Inventory
import Records

extension FleetReport {
    package var document: ReportDocument {
        let names = sources.count == 1 ? sources[0].name : counted(sources.count, "organization")
        return ReportDocument(
            title: "Fleet of \(names)",
            subtitles: ["Pipeline \(pipeline), day of the report \(Self.day(today)) (UTC)"] + listed,
            sections: [overview] + fleet + coverage + [changes, rejects, health],
            marks: marks
        )
    }

    private var listed: [String] {
        guard sources.count == 1, let past = sources[0].past else { return [] }
        guard let listedAt = past.listedAt else { return ["Apple's list of devices was never read to its end."] }
        let days = today - listedAt.daysSince1970
        let age = days > 1 ? ": \(days) days before this report" : ""
        return ["Apple's list of devices was last read to its end on \(listedAt.toTheMinute)\(age)."]
    }

    private var overview: ReportDocument.Section {
        let none = tally.devices == 0 ? [ReportDocument.Part.note("There are no devices.")] : []
        var rows = [["Devices in the organization", ReportDocument.number(tally.devices)]]
        if sources.count > 1 { rows[0][0] = "Devices in the organizations" }
        rows.append(["Devices that left it and are not counted below", ReportDocument.number(tally.removed)])
        if tally.columns.coverageState != nil {
            for (window, days) in CoverageTally.windows.enumerated() {
                let ends = tally.coverage.ends[window].total
                rows.append(["Coverage ends within \(days) days", ReportDocument.number(ends)])
            }
            rows.append(["Coverage unknown", ReportDocument.number(tally.coverage.families[2].total)])
        }
        let table = ReportDocument.Table("The fleet in numbers", ["What", "Devices"], numbers: [1], rows)
        return ReportDocument.Section(title: "Overview", parts: none + [.table(table)] + organizations)
    }

    private var organizations: [ReportDocument.Part] {
        if sources.count == 1 { return [] }
        let rows = sources.map { source -> [String] in
            let listed = source.past.map { $0.listedAt?.toTheMinute ?? "never" } ?? "no inventory here"
            let numbers = [source.devices, source.removed].map(ReportDocument.number)
            return [source.name.shortened(to: 60)] + numbers + [listed]
        }
        let header = ["Organization", "Devices", "Left", "List read to its end"]
        return [.table(ReportDocument.Table("Organizations", header, numbers: [1, 2], rows))]
    }

    private var fleet: [ReportDocument.Section] {
        if tally.devices == 0 { return [] }
        var parts: [ReportDocument.Part] = [bars("By family", "Family", tally.families.rows(atMost: 15))]
        if tally.columns.service != nil {
            parts.append(bars("By device management service", "Service", tally.services.rows(atMost: 25)))
        } else {
            parts.append(.note("The services are not read: the file has no `assignments` in `extract`."))
            if tally.columns.status != nil {
                parts.append(bars("By status", "Status", tally.services.rows(atMost: 25)))
            }
        }
        let ages = tally.ages.enumerated().map { (name: DeviceAge.name($0.offset), count: $0.element) }
        parts.append(bars("By age, in whole years since the order", "Age", ages.filter { $0.count > 0 }))
        if tally.ages[DeviceAge.unknown] > 0 {
            parts.append(
                .note("The age is not known of devices that somebody added by hand or that have no date of an order.")
            )
        }
        let capacities = tally.capacities.rows(atMost: 25).sorted { Capacity($0.name) < Capacity($1.name) }
        if !capacities.isEmpty { parts.append(bars("By capacity", "Capacity", capacities)) }
        return [ReportDocument.Section(title: "Fleet", parts: parts)]
    }

    private func bars(
        _ caption: String,
        _ name: String,
        _ rows: [(name: String, count: Int)]
    ) -> ReportDocument.Part {
        .bars(ReportDocument.Bars(caption, name, rows.map { ($0.name, [$0.count]) }, of: tally.devices))
    }
}

/// A capacity as Apple prints it, such as `256GB`, by its size; other texts come last.
private struct Capacity: Comparable {
    let size: Double
    let text: String

    init(_ text: String) {
        self.text = text
        let number = Double(text.prefix { $0.isNumber || $0 == "." })
        let power: Double? =
            switch text.drop(while: { $0.isNumber || $0 == "." || $0 == " " }).uppercased() {
            case "MB": 1
            case "GB": 1000
            case "TB": 1_000_000
            default: nil
            }
        size = number.flatMap { number in power.map { number * $0 } } ?? .infinity
    }

    static func < (left: Capacity, right: Capacity) -> Bool { (left.size, left.text) < (right.size, right.text) }
}

extension Timestamp {
    /// `2026-11-29 03:00 UTC`.
    var toTheMinute: String {
        let text = description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
