import Records
import Stages
import Synchronization

/// Follows a run; another task reads it meanwhile.
package final class RunProgress: Sendable {
    private let entries = Mutex<[StageEntry]>([])

    package init() {}

    /// The stages so far, the one that runs last.
    package var stages: [StageReport] { entries.withLock { $0 }.map(\.report) }

    func begin(_ kind: StageReport.Kind, _ name: String, destination: String = "") -> StageEntry {
        let entry = StageEntry(kind, name, destination: destination)
        entries.withLock { $0.append(entry) }
        return entry
    }

    /// Marks the remaining stages as skipped for lack of time.
    func skip(_ rest: inout ArraySlice<Step<any Extractor>>) {
        while let step = rest.popFirst() { begin(.extract, step.origin.stage).end(.skipped) }
    }

    /// Ends the loads that wait to be tried again.
    func giveUp(_ failure: Failure) {
        for entry in entries.withLock({ $0 }) {
            let report = entry.report
            if report.kind == .load, report.status == .running { entry.end(.failed, failure) }
        }
    }
}
