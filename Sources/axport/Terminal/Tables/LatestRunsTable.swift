import Inventory
import Pipeline
import Records

/// The latest run of each source, those that failed last. The end of a run's ID is a name for it that `runs show` takes.
enum LatestRunsTable {
    /// - Parameter columns: the most characters of a line.
    static func text(_ runs: [RunRecord], _ columns: Int) -> String {
        let onePipeline = Set(runs.map(\.pipeline)).count == 1
        let names = onePipeline ? ["source"] : ["pipeline", "source"]
        let numbers = ["took", "written", "retired", "rejected"]
        var table = TextTable(
            names + ["run", "began (UTC)"] + numbers + ["result"],
            names.map { _ in .left } + [.left, .left] + numbers.map { _ in .right },
            shortening: names,
            leavingOut: ["took", "retired", "rejected", "written"],
            narrowest: 8
        )
        let ordered = runs.enumerated().sorted {
            ($0.element.rank, $0.element.source, $0.offset) < ($1.element.rank, $1.element.source, $1.offset)
        }
        for (_, run) in ordered {
            let counts = run.counts
            func shown(_ number: Int) -> String { run.endedAt == nil ? "?" : TextTable.cell(number) }
            table.add(
                (onePipeline ? [run.source] : [run.pipeline, run.source])
                    + [short(run.id, among: runs), String(RunTable.moment(run.startedAt).dropLast(3))]
                    + [run.endedAt == nil ? "?" : ProgressLine.duration(run.seconds), shown(counts.written)]
                    + [shown(counts.retired), shown(counts.rejected), RunTable.result(run)]
            )
        }
        return table.withoutEmptyColumns.text(columns)
    }

    /// The end of the ID if no other of these runs has the same.
    private static func short(_ id: String, among runs: [RunRecord]) -> String {
        guard let end = id.split(separator: "-").last.map(String.init) else { return id }
        return runs.count { $0.id.hasSuffix(end) } == 1 ? end : id
    }
}

extension RunRecord {
    fileprivate var rank: Int {
        switch status {
        case .done, .running: 0
        case .partial: 1
        case .failed, .interrupted, .unfinished: 2
        }
    }
}
