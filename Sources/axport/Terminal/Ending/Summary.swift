import Inventory
import Pipeline
import Records
import Stages

/// The results of a run, as text for people.
struct Summary {
    let report: RunReport
    /// Set if several sources run one after another.
    var showsSource = false
    /// The most characters of a table's line.
    var columns = Screen.mailColumns
    /// Where to read more about a run that failed.
    var details: String?

    var text: String { records.map(\.text).joined(separator: "\n") }

    /// A record for each message; an empty one for an empty line.
    var records: [LogRecord] {
        let counts = [Self.byKind(report.rejects, "rejected"), Self.byKind(report.warnings, "accepted with a warning")]
        // With several sources, these would be hundreds of lines. `axport runs show` has them.
        let tables =
            report.stages.isEmpty || showsSource ? [] : [SummaryTables(stages: report.stages).text(columns), ""]
        return (tables + counts.compactMap(\.self)).map { LogRecord(.info, $0).with(source: report.source) } + remarks
            + [details.map { LogRecord(hint: $0).with(source: report.source) }, closing].compactMap(\.self)
    }

    private var remarks: [LogRecord] {
        let source = report.source
        var records: [LogRecord] = []
        let label = showsSource ? "\(report.source.onOneLine): " : ""
        let skipped = report.stages.filter { $0.status == .skipped }.map(\.name)
        if !skipped.isEmpty { warn("the time limit left no time for \(skipped.joined(separator: ", "))") }
        func warn(_ message: String, stage: String? = nil) {
            records.append(
                LogRecord(.warning, message, lead: "warning: \(label)").with(source: source, stage: stage)
            )
        }
        // Loads of one database often have the same remarks.
        records += report.stages.sharing(\.remarks).map { shared in
            let names = shared.stages.count == 1 ? shared.stages[0].name : shared.stages.names
            return LogRecord(.info, "\(names.onOneLine): \(shared.text)", lead: label)
                .with(source: source, stage: shared.stages.commonName)
        }
        records += report.stages.sharing { [$0.failure].compactMap(\.self) }.map { shared in
            LogRecord(.error, shared.text, of: "\(shared.stages.names.onOneLine): ", label: label)
                .with(source: source, stage: shared.stages.commonName)
        }
        for stage in report.stages {
            guard let lack = stage.lack else { continue }
            let pace = stage.counts.unknown > 0 ? ", less often after two failures in a row" : ""
            warn("\(stage.name): \(lack)\(pace)", stage: stage.name)
        }
        records += report.notes.map { LogRecord(.warning, $0).with(source: source) }
        let isSaid = report.stages.contains { $0.failure == report.failure }
        if let failure = report.failure, !isSaid {
            records.append(LogRecord(.error, failure, label: label).with(source: source))
        }
        return records
    }

    /// Nil without counts.
    private static func byKind<Kind: RawRepresentable<String>>(_ counts: [Kind: Int], _ what: String) -> String? {
        if counts.isEmpty { return nil }
        let kinds = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        let total = counts.values.reduce(0, +)
        return "\(counted(total, "value")) \(what): "
            + kinds.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    }

    private var closing: LogRecord {
        let name = (showsSource ? "\(report.pipeline), \(report.source)" : report.pipeline).onOneLine
        func record(_ level: LogRecord.Level, _ text: String) -> LogRecord {
            LogRecord(level, "\(name): \(text)", lead: "").with(
                source: report.source,
                exitCode: report.status.isOutcome ? report.code.rawValue : nil
            )
        }
        switch report.status {
        case .running: return record(.info, "still running")
        case .unfinished: return record(.error, "did not finish (killed, or power loss)")
        default: break
        }
        let time = ProgressLine.duration(report.seconds)
        let ending = "\(report.verdict); exit code \(report.code.rawValue) after \(time)"
        return switch report.code {
        case .done: record(.info, "done in \(time)")
        case .partial: record(.warning, ending)
        default: record(.error, ending)
        }
    }
}

extension [StageReport] {
    /// The name of all elements; nil if the names differ.
    fileprivate var commonName: String? { allSatisfy { $0.name == first?.name } ? first?.name : nil }
}
