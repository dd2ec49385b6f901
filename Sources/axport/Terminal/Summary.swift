import Inventory
import Pipeline
import Records
import Stages

/// What a run did, as a person reads it.
struct Summary {
    let report: RunReport
    /// Where several sources run one after another.
    var showsSource = false

    var text: String {
        var lines: [String] = []
        if !report.stages.isEmpty { lines += [SummaryTables(stages: report.stages).text, ""] }
        if !report.rejects.isEmpty { lines.append(Self.byKind(report.rejects, "rejected")) }
        if !report.warnings.isEmpty { lines.append(Self.byKind(report.warnings, "accepted with a warning")) }
        let label = showsSource ? "\(report.source.onOneLine): " : ""
        let skipped = report.stages.filter { $0.status == .skipped }.map(\.name)
        if !skipped.isEmpty { lines.append("warning: \(label)no time was left for \(skipped.joined(separator: ", "))") }
        // Loads of one database often have the same to say.
        lines += report.stages.sharing(\.remarks).map { shared in
            let names = shared.stages.count == 1 ? shared.stages[0].name : shared.stages.names
            return "\(label)\(names.onOneLine): \(shared.text)"
        }
        lines += report.stages.sharing { [$0.failure].compactMap(\.self) }.map { shared in
            "error: \(label)\(shared.stages.names.onOneLine): \(shared.text.told)"
        }
        for stage in report.stages {
            if stage.failure == nil, stage.status == .partial {
                lines.append(
                    "warning: \(label)\(stage.name): no answer for \(stage.counts.unknown); "
                        + "later runs ask again, after a second failure in a row less and less often"
                )
            }
        }
        lines += report.notes.map { "warning: \($0)" }
        let isSaid = report.stages.contains { $0.failure == report.failure }
        if let failure = report.failure, !isSaid { lines.append("error: \(label)\(failure.told)") }
        lines.append(closing)
        return lines.joined(separator: "\n")
    }

    private static func byKind<Kind: RawRepresentable<String>>(_ counts: [Kind: Int], _ what: String) -> String {
        let kinds = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        let total = counts.values.reduce(0, +)
        return "\(counted(total, "value")) \(what): "
            + kinds.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    }

    private var closing: String {
        let time = ProgressLine.duration(report.seconds)
        let name = (showsSource ? "\(report.pipeline), \(report.source)" : report.pipeline).onOneLine
        switch report.status {
        case .running: return "\(name): still running"
        case .unfinished: return "\(name): began and never ended; it was killed, or the power went"
        default: break
        }
        return switch report.code {
        case .done: "\(name): done in \(time)"
        default: "\(name): \(report.code.meaning) (exit code \(report.code.rawValue)) after \(time)"
        }
    }
}
