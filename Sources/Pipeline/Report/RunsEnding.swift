import Inventory
import Records
import Stages

/// How several runs ended together: of a file's sources, or of several files.
package struct RunsEnding: Sendable {
    /// A cause and the runs that it stopped, by their labels.
    package struct Shared: Sendable {
        package let cause: Cause
        package let labels: [String]
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
        var parts: [String] = []
        for status in [RunStatus.failed, .partial, .interrupted] {
            let count = reports.count { RunStatus($0.code) == status }
            if count == 0 { continue }
            let whose = parts.isEmpty ? "\(count) of \(counted(reports.count, noun))" : "\(count)"
            parts.append(
                status == .failed ? "\(whose) failed" : "\(whose) \(count == 1 ? "is" : "are") \(status.rawValue)"
            )
        }
        return ([RunStatus(code).rawValue] + [parts.joined(separator: ", ")].filter { !$0.isEmpty })
            .joined(separator: ": ")
    }

    /// Each cause once, the one that stopped most runs last.
    package var causes: [Shared] {
        var shared: [(key: Cause, cause: Cause, labels: [String])] = []
        for report in reports where report.code != .done {
            for cause in report.causes {
                let key = cause.common { $0.withoutPlaces(of: report.source) }
                let label = label(report)
                guard let index = shared.firstIndex(where: { $0.key == key }) else {
                    shared.append((key, cause, [label]))
                    continue
                }
                if shared[index].cause != cause { shared[index].cause = key }
                if !shared[index].labels.contains(label) { shared[index].labels.append(label) }
            }
        }
        let ordered = shared.enumerated().sorted {
            ($0.element.labels.count, $0.offset) < ($1.element.labels.count, $1.offset)
        }
        return ordered.map { Shared(cause: $0.element.cause, labels: $0.element.labels) }
    }
}

extension RunsEnding.Shared {
    private static let mostLabels = 5

    /// `acme, hill: devices: Apple denied the key`, or how many they are, and the first of them.
    package func text(_ noun: String) -> String {
        let some = labels.prefix(Self.mostLabels).joined(separator: ", ")
        let rest = labels.count - Self.mostLabels
        let whose =
            labels.count == 1 ? some : "\(counted(labels.count, noun)) (\(some)\(rest > 0 ? ", and \(rest) more" : ""))"
        return "\(whose): \(cause.text)"
    }
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
