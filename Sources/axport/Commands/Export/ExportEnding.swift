import Inventory
import Pipeline
import Records
import Stages

/// What an export says at its end.
struct ExportEnding {
    let report: RunReport
    let list: SerialList?
    let condition: String?
    let isOffline: Bool
    let leavesOutRemoved: Bool

    var notes: [String] { [total] + unlisted + removed }

    private var load: StageCounts {
        report.stages.last { $0.kind == .load }?.counts ?? StageCounts()
    }

    private var rows: Int { load.written + load.unchanged }

    private var total: String {
        let refused = load.rejectedInRows
        return "\(counted(rows, "row")) in \(ProgressLine.duration(report.seconds))"
            + (refused > 0 ? "; \(counted(refused, "value")) rejected and left empty" : "")
    }

    /// What the list has and Apple has not.
    private var unlisted: [String] {
        guard let list, let named = report.named else { return [] }
        let unknown = list.serials.filter { !named.present.contains($0) && !named.removed.contains($0) }
        let left = leavesOutRemoved ? list.serials.filter(named.removed.contains) : []
        let place = isOffline ? "in the inventory" : "in the organization"
        return [
            Self.line(unknown, "serial number is not \(place)", "serial numbers are not \(place)"),
            Self.line(left, "device has left the organization", "devices have left the organization")
                .map { "\($0)\nhint: `--removed include` exports them, too" },
            Self.line(
                list.others.map { "'\($0.controlsVisible)'" },
                "cell of \(list.path) is no serial number",
                "cells of \(list.path) are no serial numbers"
            ),
        ].compactMap(\.self)
    }

    private static func line(_ values: [String], _ one: String, _ many: String) -> String? {
        values.isEmpty ? nil : "\(counted(values.count, one, many)): \(values.joined(separator: ", "))"
    }

    /// Rows that meet the condition, but are of devices that left.
    private var removed: [String] {
        guard leavesOutRemoved, list == nil, load.filtered > 0 else { return [] }
        let asksForThem = condition.map { text in Self.columns.contains { text.contains($0) } } ?? false
        guard asksForThem || rows == 0 else { return [] }
        return [
            counted(load.filtered, "row is", "rows are") + " left out, because the devices left the organization\n"
                + "hint: `--removed include` exports them, too"
        ]
    }

    /// Columns that say that a device left.
    private static let columns = ["removed_at", "released_from_org_at"]
}
