import Records
import Stages
import Synchronization

/// A running stage: its numbers, and how it ended.
final class StageEntry: Sendable {
    let meter: StageMeter
    private let began = ContinuousClock.now
    private let latest: Mutex<StageReport>

    init(_ kind: StageReport.Kind, _ name: String, destination: String = "", meter: StageMeter = StageMeter()) {
        self.meter = meter
        latest = Mutex(
            StageReport(kind: kind, name: name, destination: destination, status: .running, counts: StageCounts())
        )
    }

    /// The current report; final once the stage has ended.
    var report: StageReport {
        latest.withLock { latest in
            var report = latest
            if report.status == .running { report.counts = counted }
            return report
        }
    }

    func end(_ status: StageReport.Status, _ failure: Failure? = nil) {
        latest.withLock { report in
            if report.status == .running { report.counts = counted }
            report.status = status
            report.failure = failure
        }
    }

    /// Adds to what failed why it did.
    func explain(_ why: String) { latest.withLock { $0.failure?.message += "; \(why)" } }

    private var counted: StageCounts {
        var counts = meter.current
        if counts.seconds == 0 { counts.seconds = (ContinuousClock.now - began).inSeconds }
        return counts
    }
}
