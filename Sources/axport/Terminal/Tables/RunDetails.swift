import Pipeline
import Records
import Stages

/// A past run: its header, summary, and row counts.
struct RunDetails {
    let report: RunReport

    init(_ report: RunReport) { self.report = report }

    /// - Parameter columns: the most characters of a table's line.
    func text(_ columns: Int) -> String {
        let whose = "\(report.pipeline), source \(report.source)".onOneLine
        var lines = ["run \(report.runID) of \(whose), axport \(report.version)"]
        let hash = report.pipelineHash.map { ", SHA-256 \($0)" } ?? ""
        lines.append("pipeline file \(report.pipelineFile)\(hash)")
        let end = report.endedAt.map { ", ended \(RunTable.moment($0))" } ?? ""
        lines.append("began \(RunTable.moment(report.startedAt))\(end) (UTC)")
        lines += ["", Summary(report: report, columns: columns).text]
        let failures = report.stages.map { ($0.name, $0.failure) } + [("run", report.failure)]
        for (name, failure) in failures {
            if let detail = failure?.detail { lines += ["", "\(name) in full: \(detail)"] }
        }
        let loads = report.stages.filter { $0.kind == .load && $0.status == .done }
        if !loads.isEmpty {
            lines += ["", "Rows of each load (rejected values leave their rows in):", Self.books(loads, columns)]
        }
        return lines.joined(separator: "\n")
    }

    /// "Read" and "added" rows came in; the other columns show what happened to them.
    private static func books(_ loads: [StageReport], _ columns: Int) -> String {
        var table = TextTable(
            "load",
            numbers: ["read", "added", "filtered", "written", "unchanged", "retired", "books"]
        )
        for load in loads {
            let counts = load.counts
            let numbers = [
                counts.read, counts.added, counts.filteredBefore &+ counts.filtered, counts.written, counts.unchanged,
                counts.retired &- counts.deleted,
            ]
            table.add(
                ["\(load.name) → \(load.destination)"] + numbers.map(TextTable.cell)
                    + [counts.isBalanced ? "balance" : "do not balance"]
            )
        }
        return table.withoutEmptyColumns.text(columns)
    }
}
