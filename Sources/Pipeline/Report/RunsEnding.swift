import Inventory
import Records
import Stages

/// How several runs ended together: of a file's sources, or of several files.
package struct RunsEnding: Sendable {
    /// A cause and the runs that it stopped.
    package struct Shared: Sendable {
        package let cause: Cause
        package let reports: [RunReport]
        /// Each label of these runs once.
        let labels: [String]
    }

    package let reports: [RunReport]
    package let code: Outcome

    /// - Parameter code: nil for that of the runs together.
    package init(_ reports: [RunReport], code: Outcome? = nil) {
        self.reports = reports
        self.code = code ?? Outcome(ofRuns: reports.map(\.code))
    }

    /// What tells a run from the others: its source, its pipeline, or both.
    package func label(_ report: RunReport) -> String {
        if hasOnePipeline { return report.source.onOneLine }
        let isAlone = reports.count { $0.pipelineFile == report.pipelineFile } == 1
        return (isAlone ? report.pipeline : "\(report.pipeline), \(report.source)").onOneLine
    }

    package var noun: String { hasOnePipeline ? "source" : "run" }

    private var hasOnePipeline: Bool { Set(reports.map(\.pipelineFile)).count == 1 }

    /// How they ended: `partial: 3 of 40 sources failed`.
    package var verdict: String {
        if reports.count == 1, let only = reports.first { return only.verdict }
        return code == .done ? RunStatus.done.rawValue : "\(RunStatus(code).rawValue): \(counts)"
    }

    /// How many did not finish everything: `3 of 40 sources failed, 1 is partial`.
    package var counts: String {
        var parts: [String] = []
        for status in [RunStatus.failed, .partial, .interrupted] {
            let count = reports.count { RunStatus($0.code) == status }
            if count == 0 { continue }
            let whose = parts.isEmpty ? "\(count) of \(counted(reports.count, noun))" : "\(count)"
            parts.append(
                status == .failed ? "\(whose) failed" : "\(whose) \(count == 1 ? "is" : "are") \(status.rawValue)"
            )
        }
        return parts.isEmpty ? "\(counted(reports.count, noun)) done" : parts.joined(separator: ", ")
    }

    /// Each cause once, the one that stopped most runs last.
    package var causes: [Shared] {
        var shared: [(key: Cause, cause: Cause, reports: [RunReport])] = []
        for report in reports where report.status != .done {
            for cause in report.causes {
                let key = cause.common { $0.withoutPlaces(of: report.source) }
                if let index = shared.firstIndex(where: { $0.key == key }) {
                    if shared[index].cause != cause { shared[index].cause = key }
                    shared[index].reports.append(report)
                } else {
                    shared.append((key, cause, [report]))
                }
            }
        }
        let all = shared.map { Shared(cause: $0.cause, reports: $0.reports, labels: labels(of: $0.reports)) }
        let ordered = all.enumerated().sorted {
            ($0.element.labels.count, $0.offset) < ($1.element.labels.count, $1.offset)
        }
        return ordered.map(\.element)
    }

    private func labels(of reports: [RunReport]) -> [String] {
        var seen: Set<String> = []
        return reports.map(label).filter { seen.insert($0).inserted }
    }
}

extension RunsEnding.Shared {
    private static let mostLabels = 5

    /// The run's label, or how many they are, and the first of them: `2 sources (acme, hill)`.
    package func whose(_ noun: String) -> String {
        if labels.count == 1 { return labels[0] }
        // A label of a pipeline and a source has a comma itself.
        let separator = labels.contains { $0.contains(", ") } ? "; " : ", "
        let some = labels.prefix(Self.mostLabels).joined(separator: separator)
        let rest = labels.count - Self.mostLabels
        return "\(counted(labels.count, noun)) (\(some)\(rest > 0 ? "\(separator)and \(rest) more" : ""))"
    }

    /// `2 sources (acme, hill): devices: Apple denied the key`
    package func text(_ noun: String) -> String { "\(whose(noun)): \(cause.text)" }
}

extension String {
    /// The text as all sources have it: without the name of this one, and without a place in the pipeline file.
    fileprivate func withoutPlaces(of source: String) -> String {
        var text = replacing(/(\.ya?ml):\d+:\d+:/) { "\($0.output.1):" }
        for name in Set([source, source.replacing("/", with: "_")]) where !name.isEmpty {
            text = text.replacingWord(name, with: "{source}")
        }
        return text
    }

    private func replacingWord(_ word: String, with other: String) -> String {
        var text = ""
        var rest = self[...]
        while let found = rest.firstRange(of: word) {
            let isWhole =
                rest[..<found.lowerBound].last?.isPartOfName != true
                && rest[found.upperBound...].first?.isPartOfName != true
            text += rest[..<found.lowerBound] + (isWhole ? other : word)
            rest = rest[found.upperBound...]
        }
        return text + rest
    }
}

extension Character {
    fileprivate var isPartOfName: Bool { isLetter || isNumber }
}
