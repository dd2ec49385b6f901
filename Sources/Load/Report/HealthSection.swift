import Inventory
import Records

extension FleetReport {
    /// The last runs. Of several organizations: the last run of each, and how many of the last ones were done.
    var health: ReportDocument.Section {
        let title = "Health of the last 30 runs"
        let runs = sources.compactMap(\.past).flatMap(\.runs)
        if runs.isEmpty {
            return ReportDocument.Section(title: title, parts: [.note("No run of this pipeline is recorded.")])
        }
        return ReportDocument.Section(title: title, parts: sources.count == 1 ? ofOne(runs) : ofSeveral)
    }

    private func ofOne(_ runs: [RunRecord]) -> [ReportDocument.Part] {
        let strip = runs.reversed().map {
            (name: "\($0.startedAt.toTheMinute): \($0.status.rawValue)", outcome: $0.outcome)
        }
        let rows = runs.map { run in
            [
                run.startedAt.toTheMinute, run.status.rawValue, Self.duration(run.seconds),
                ReportDocument.number(run.counts.requests), ReportDocument.number(run.counts.rejected),
                run.failure?.shortened(to: 160) ?? "",
            ]
        }
        let header = ["Began", "Result", "Time", "Requests", "Rejected", "First failure"]
        return [
            .note(Self.summary(runs)),
            .strip(ReportDocument.Strip(caption: Self.summary(runs), runs: strip)),
            .table(ReportDocument.Table("The last runs", header, numbers: [2, 3, 4], rows)),
        ]
    }

    private var ofSeveral: [ReportDocument.Part] {
        let rows = sources.map { source -> [String] in
            let name = source.name.shortened(to: 60)
            guard let runs = source.past?.runs, let last = runs.first else {
                return [name, "no run", "", "0 of 0", ""]
            }
            let done = runs.count { $0.status == .done }
            let failure = last.failure?.shortened(to: 160) ?? ""
            return [name, last.startedAt.toTheMinute, last.status.rawValue, "\(done) of \(runs.count)", failure]
        }
        let header = ["Organization", "Last run", "Result", "Done", "First failure"]
        return [.table(ReportDocument.Table("The last run of each organization", header, rows))]
    }

    private static func summary(_ runs: [RunRecord]) -> String {
        let done = runs.count { $0.status == .done }
        let last = runs.first { $0.status == .done }.map { "the last of them began on \($0.startedAt.toTheMinute)" }
        return "\(done) of \(counted(runs.count, "run")) did everything; \(last ?? "none is known that did")."
    }

    private static func duration(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded())
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}

extension RunRecord {
    fileprivate var outcome: ReportDocument.Strip.Outcome {
        switch status {
        case .done: .done
        case .partial: .partial
        case .failed, .unfinished: .failed
        case .interrupted, .running: .other
        }
    }
}
