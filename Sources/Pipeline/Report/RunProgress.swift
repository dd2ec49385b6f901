import Records
import Stages
import Synchronization

/// The progress of a run, which another task reads meanwhile.
package final class RunProgress: Sendable {
    private let entries = Mutex<[StageEntry]>([])
    private let obstacle = Mutex<String?>(nil)

    private let foreseen = Mutex<[StageReport]>([])

    private let met = Mutex(LimitsMet())

    private let awaited = Mutex<String?>(nil)

    package init() {}

    /// How Apple has limited requests so far.
    var limitsMet: LimitsMet { met.withLock { $0 } }

    func note(_ limits: LimitsMet) { met.withLock { $0 = limits } }

    /// The stages so far; the running one is last.
    package var stages: [StageReport] { entries.withLock { $0 }.map(\.report) }

    /// What the run waited for, or still waits for, before its first stage.
    package var waitedFor: String? { obstacle.withLock { $0 } }

    package func wait(for obstacle: String) { self.obstacle.withLock { $0 = obstacle } }

    /// The destinations that other runs of the command are loading now, while this one waits for its turn.
    package var awaitedTurn: String? { awaited.withLock { $0 } }

    func wait(forTurnOf loads: [PendingLoad], _ context: LoadContext) {
        let names = loads.map { context.filled($0.plan.destination) }.joined(separator: ", ")
        awaited.withLock { $0 = names }
    }

    func beginTurn() { awaited.withLock { $0 = nil } }

    /// Loads that would fail now, found before the first stage.
    package var expectedFailures: [StageReport] { foreseen.withLock { $0 } }

    func expect(_ failures: [StageReport]) { foreseen.withLock { $0 = failures } }

    /// Ends loads that were not tried.
    func refuse(_ loads: [ExaminedLoad]) {
        for load in loads {
            begin(.load, load.origin.stage, destination: load.destination).end(.failed, load.examination.failure)
        }
    }

    /// - Parameter meter: the meter of a stage that began before its turn; nil for a new one.
    func begin(
        _ kind: StageReport.Kind,
        _ name: String,
        destination: String = "",
        meter: StageMeter? = nil
    ) -> StageEntry {
        let entry = StageEntry(kind, name, destination: destination, meter: meter ?? StageMeter())
        entries.withLock { $0.append(entry) }
        return entry
    }

    /// Marks the remaining stages as skipped for lack of time.
    func skip(_ rest: some Sequence<Step<any Extractor>>) {
        for step in rest { begin(.extract, step.origin.stage).end(.skipped) }
    }

    /// Ends the loads that wait for a retry.
    func giveUp(_ failure: Failure) {
        for entry in entries.withLock({ $0 }) {
            let report = entry.report
            if report.kind == .load, report.status == .running { entry.end(.failed, failure) }
        }
    }
}
