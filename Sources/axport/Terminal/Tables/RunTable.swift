import Inventory
import Records

/// Runs as lines of a table. The ID of a run begins with its start time; `runs show` prints all numbers.
enum RunTable {
    /// - Parameter columns: the most characters of a line.
    static func text(_ runs: [RunRecord], _ columns: Int) -> String {
        var table = TextTable(
            ["run (UTC)", "pipeline", "source", "took", "requests", "written", "retired", "rejected", "result"],
            [.left, .left, .left, .right, .right, .right, .right, .right],
            shortening: ["pipeline", "source"],
            leavingOut: ["requests", "retired", "took"],
            narrowest: 8
        )
        for run in runs {
            let counts = run.counts
            func shown(_ number: Int) -> String { run.endedAt == nil ? "?" : TextTable.cell(number) }
            table.add([
                run.id, run.pipeline, run.source,
                run.endedAt == nil ? "?" : ProgressLine.duration(run.seconds), shown(counts.requests),
                shown(counts.written), shown(counts.retired), shown(counts.rejected), result(run),
            ])
        }
        return table.withoutEmptyColumns.text(columns)
    }

    /// To the second.
    static func moment(_ time: Timestamp) -> String { String(time.description.prefix(19)).replacing("T", with: " ") }

    /// A moment and its age.
    static func moment(_ time: Timestamp, before now: Timestamp) -> String {
        "\(moment(time)) (UTC), \(ProgressLine.duration(now.seconds(since: time))) ago"
    }

    static func result(_ run: RunRecord) -> String {
        result(run.status, run.exitCode.flatMap(Outcome.init))
    }

    /// `failed (73)`
    static func result(_ status: RunStatus, _ code: Outcome?) -> String {
        guard status.isOutcome, status != .done, let code else { return status.rawValue }
        return "\(status.rawValue) (\(code.rawValue))"
    }
}
