import Inventory
import Pipeline
import Records

/// Why runs failed, and since when: each cause once. Pipelines that fail now come last.
struct RunCauses {
    private let reports: [RunReport]
    private let failing: [FailingSince]

    /// More causes than these would push the table off the screen.
    private static let most = 10

    /// - Parameter reports: newest first.
    init(_ reports: [RunReport], failing: [FailingSince]) {
        self.reports = reports.filter { $0.status != .done && $0.status != .running }
        self.failing = failing
    }

    var lines: [String] {
        let past = reports.filter { since($0) == nil }
        let now = reports.filter { since($0) != nil }
        var lines = RunsEnding(past).causes.map { told(Self.past($0), $0) }
        var seen: Set<FailingSince> = []
        // Its latest run says why a pipeline fails.
        let latest = now.filter { report in since(report).map { seen.insert($0).inserted } ?? false }
        lines += RunsEnding(latest).causes.map { told(present($0), $0) }
        let more = lines.count - Self.most
        return (more > 0 ? ["\(counted(more, "more cause"))"] : []) + lines.suffix(Self.most)
    }

    /// Since when its pipeline fails without a break; nil if it has succeeded since.
    private func since(_ report: RunReport) -> FailingSince? {
        failing.first { $0.runs.contains(report.runID) }
    }

    private func told(_ when: String, _ shared: RunsEnding.Shared) -> String {
        let text = "\(when): \(shared.cause.text)".controlsVisible
        return shared.cause.advice.map { "\(text)\nhint: \($0)" } ?? text
    }

    /// `tenants: acme, hill: failing since 2026-11-27, 3 runs`
    private func present(_ shared: RunsEnding.Shared) -> String {
        let spans = shared.reports.compactMap(since)
        let days = Set(spans.map { "\(Self.day($0.began)), \(counted($0.runs.count, "run"))" })
        if let only = days.first, days.count == 1 { return "\(shared.whose("source")): failing since \(only)" }
        let first = spans.map(\.began).min().map(Self.day) ?? ""
        return "\(shared.whose("source")): failing, the first since \(first)"
    }

    /// `acme: failed on 2026-11-20`
    private static func past(_ shared: RunsEnding.Shared) -> String {
        let days = shared.reports.map { day($0.startedAt) }.sorted()
        let count = shared.reports.count
        let first = days.first ?? ""
        let when = days.last == first ? "on \(first)" : "from \(first) to \(days.last ?? "")"
        return "\(shared.whose("source")): failed \(when)\(count == 1 ? "" : ", \(count) runs")"
    }

    private static func day(_ moment: Timestamp) -> String { String(moment.description.prefix(10)) }
}
