import Inventory
import Records

extension FleetReport {
    var coverage: [ReportDocument.Section] {
        if tally.devices == 0 { return [] }
        guard tally.columns.coverageState != nil else {
            let note = "Coverage is not read: the file has no `coverage` in `extract`."
            return [ReportDocument.Section(title: "AppleCare", parts: [.note(note)])]
        }
        return [
            ReportDocument.Section(title: "AppleCare", parts: [states, families]),
            ReportDocument.Section(title: "What ends soon", parts: windows + endings),
            ReportDocument.Section(title: "AppleCare ends by month", parts: months),
        ]
    }

    private var states: ReportDocument.Part {
        let rows = CoverageTally.State.allCases.map { (name: $0.name, counts: [tally.coverage.states[$0.rawValue]]) }
        return .bars(
            ReportDocument.Bars("By coverage", "Coverage", rows.filter { $0.counts[0] > 0 }, of: tally.devices)
        )
    }

    private var families: ReportDocument.Part {
        let rows = tally.families.rows(atMost: 15).filter { tally.families.counts[$0.name] != nil }.map { family in
            (name: family.name, counts: tally.coverage.families.map { $0.counts[family.name] ?? 0 })
        }
        return .bars(
            ReportDocument.Bars("Coverage by family", "Family", series: ["Covered", "Not covered", "Unknown"], rows)
        )
    }

    private var windows: [ReportDocument.Part] {
        let ends = tally.coverage.ends
        let names = (ends.last?.rows(atMost: 15) ?? []).map(\.name)
        let rows = names.map { name in
            [name] + ends.map { ReportDocument.number($0.counts[name] ?? 0) }
        }
        let all = [["all"] + ends.map { ReportDocument.number($0.total) }]
        let header = ["Family"] + CoverageTally.windows.map { "\($0) days" }
        let last = Self.day(today + Int32(CoverageTally.windows.last ?? 0))
        let caption = "Devices whose coverage ends within 30, 60, and 90 days of \(Self.day(today)), by \(last)"
        return [.table(ReportDocument.Table(caption, header, numbers: [1, 2, 3], rows + all))]
    }

    private var endings: [ReportDocument.Part] {
        let soonest = tally.coverage.soonest
        if soonest.isEmpty { return [] }
        let rows = soonest.map { [Self.day($0.end), $0.serial, $0.model.isEmpty ? $0.family : $0.model, $0.plan] }
        let table = ReportDocument.Table("The next to end", ["Ends on", "Serial number", "Device", "Plan"], rows)
        let rest = (tally.coverage.ends.last?.total ?? 0) - soonest.count
        let note = "\(ReportDocument.number(rest)) more end within 90 days."
        return [.table(table)] + (rest > 0 ? [.note(note)] : [])
    }

    private var months: [ReportDocument.Part] {
        let months = tally.coverage.months
        let last = months.prefix(CoverageTally.mostMonths).lastIndex { $0 != [0, 0, 0] } ?? 0
        var rows = (0...last).map { month in
            (name: String(tally.coverage.day(ofMonth: month).description.prefix(7)), counts: months[month])
        }
        if months[CoverageTally.mostMonths] != [0, 0, 0] { rows.append(("later", months[CoverageTally.mostMonths])) }
        if tally.coverage.past > 0 { rows.insert(("before this report", [0, 0, tally.coverage.past]), at: 0) }
        let series = CoverageTally.Plan.allCases.map(\.name)
        let bars = ReportDocument.Bars("Devices whose coverage ends, by month and plan", "Month", series: series, rows)
        let open = tally.coverage.states[CoverageTally.State.openEnded.rawValue]
        let note = "\(counted(open, "device is", "devices are")) covered without an end date and not in this table."
        return [.bars(bars)] + (open > 0 ? [.note(note)] : [])
    }
}
