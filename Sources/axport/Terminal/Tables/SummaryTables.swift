import Pipeline
import Records
import Stages

/// The counts of a run's stages: a table of extract stages, one of transforms, and one of loads. Columns without
/// numbers are omitted, so that lines fit a terminal.
struct SummaryTables {
    let stages: [StageReport]

    /// - Parameter columns: the most characters of a line.
    func text(_ columns: Int) -> String {
        let asking = table(
            .extract,
            ["asked", "received", "unchanged", "changed", "retired", "requests"],
            [\.asked, \.received, \.unchanged, \.changed, \.retired, \.requests]
        )
        let changing = table(
            .transform,
            ["received", "added", "filtered", "rejected"],
            [\.received, \.added, \.filtered, \.rejected]
        )
        let writing = table(
            .load,
            ["received", "filtered", "rejected", "unchanged", "written", "retired"],
            [\.received, \.filtered, \.rejected, \.unchanged, \.written, \.retired]
        )
        return [asking, changing, writing].compactMap { $0?.text(columns) }.joined(separator: "\n\n")
    }

    private func table(
        _ kind: StageReport.Kind,
        _ columns: [String],
        _ numbers: [KeyPath<StageCounts, Int>]
    ) -> TextTable? {
        var table = TextTable(kind.rawValue, numbers: columns + ["time"])
        // With several sources, a transform adds the source to every row. Its numbers say nothing.
        let stages = stages.filter { $0.kind == kind && !(kind == .transform && $0.name == Schema.sourceColumn) }
        for stage in stages {
            let name = stage.destination.isEmpty ? stage.name : "\(stage.name) → \(stage.destination)"
            let cells = numbers.map { TextTable.cell(stage.counts[keyPath: $0]) }
            table.add([name] + cells + [ProgressLine.duration(stage.counts.seconds)])
        }
        return stages.isEmpty ? nil : table.withoutEmptyColumns
    }
}
