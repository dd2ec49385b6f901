import Pipeline
import Records
import Stages

/// What the stages of a run counted: a table of those that ask, and one of those that write and of what changes rows on
/// the way. Columns that nobody has a number for are left out, so that a line fits a terminal.
struct SummaryTables {
    let stages: [StageReport]

    var text: String {
        [asking, writing].compactMap(\.self).map(\.withoutEmptyColumns.text).joined(separator: "\n\n")
    }

    private var asking: TextTable? {
        let stages = stages.filter { $0.kind == .extract }
        if stages.isEmpty { return nil }
        var table = TextTable(
            "stage",
            numbers: ["asked", "received", "unchanged", "changed", "retired", "requests", "time"]
        )
        for stage in stages {
            let counts = stage.counts
            table.add(
                stage.name,
                [counts.asked, counts.received, counts.unchanged, counts.changed, counts.retired, counts.requests],
                counts.seconds
            )
        }
        return table
    }

    private var writing: TextTable? {
        // Every row of several sources passes the stage that names its source.
        let stages = stages.filter { $0.kind != .extract && !($0.kind == .transform && $0.name == Schema.sourceColumn) }
        if stages.isEmpty { return nil }
        var table = TextTable(
            "stage",
            numbers: ["received", "filtered", "rejected", "unchanged", "written", "retired", "time"]
        )
        var isBelowLoad = false
        for stage in stages {
            let counts = stage.counts
            if stage.kind == .load { isBelowLoad = true }
            let indent = stage.kind == .transform && isBelowLoad ? "  " : ""
            table.add(
                stage.destination.isEmpty ? indent + stage.name : "\(stage.name) → \(stage.destination)",
                [
                    counts.received, counts.filtered, counts.rejected, counts.unchanged, counts.written, counts.retired,
                ],
                counts.seconds
            )
        }
        return table
    }
}

extension TextTable {
    fileprivate mutating func add(_ name: String, _ numbers: [Int], _ seconds: Double) {
        add([name] + numbers.map(Self.cell) + [ProgressLine.duration(seconds)])
    }
}
