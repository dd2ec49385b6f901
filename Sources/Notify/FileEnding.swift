import Inventory
import Pipeline
import Records
import Stages

/// How the runs of a pipeline file ended, for others: counts and causes, without anything that identifies devices.
package struct FileEnding: Sendable {
    let pipeline: PipelineName
    let startedAt: Timestamp
    let code: Outcome
    /// One for each source.
    let reports: [RunReport]
    /// Why the file had no runs.
    let problem: Failure?
    let events: Set<NoticeEvent>
    /// The summary as a terminal shows it.
    let summary: String

    /// - Parameter hasRecovered: whether a source of these runs failed before.
    package init(
        of pipeline: PipelineName,
        startedAt: Timestamp,
        reports: [RunReport],
        summary: String,
        hasRecovered: Bool
    ) {
        self.pipeline = pipeline
        self.startedAt = startedAt
        code = Outcome(ofRuns: reports.map(\.code))
        self.reports = reports.map(\.withoutDevices)
        problem = nil
        var events: Set<NoticeEvent> = reports.contains(where: \.hasSeenChanges) ? [.changes] : []
        switch code {
        case .done: if hasRecovered { events.insert(.recovered) }
        case .partial: events.insert(.partial)
        default: events.insert(.failed)
        }
        self.events = events
        self.summary = summary.withoutDeviceIdentifiers
    }

    /// The ending of a file that could not be run.
    package init(of pipeline: PipelineName, startedAt: Timestamp, problem: Failure, hiding secrets: Secrets) {
        self.pipeline = pipeline
        self.startedAt = startedAt
        code = problem.code
        reports = []
        var problem = problem.hiding(secrets).rewritten(\.withoutDeviceIdentifiers)
        problem.detail = nil
        self.problem = problem
        events = [.failed]
        summary = "error: \(problem.told)"
    }

    var status: String { events.contains(.recovered) ? "recovered" : RunStatus(code).rawValue }

    /// How the runs ended and why, in the words of their last line.
    var verdict: String {
        if code == .done { return status }
        let why = problem == nil ? RunsEnding(reports).verdict : "\(status): \(code.meaning)"
        return "\(why); exit code \(code.rawValue)"
    }
}

extension RunReport {
    /// Whether devices came, changed, or left at Apple.
    fileprivate var hasSeenChanges: Bool {
        stages.contains { $0.kind == .extract && ($0.counts.changed > 0 || $0.counts.retired > 0) }
    }

    fileprivate var withoutDevices: RunReport {
        func clean(_ failure: Failure?) -> Failure? {
            var failure = failure?.rewritten(\.withoutDeviceIdentifiers)
            failure?.detail = nil
            return failure
        }
        var report = self
        report.failure = clean(failure)
        report.notes = notes.map(\.withoutDeviceIdentifiers)
        report.stages = stages.map { stage in
            var stage = stage
            stage.failure = clean(stage.failure)
            stage.counts.notes = stage.counts.notes.map(\.withoutDeviceIdentifiers)
            return stage
        }
        return report
    }
}
