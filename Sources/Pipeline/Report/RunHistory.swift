import Inventory
import Records
import Stages

extension RunReport {
    /// Records in the inventory that the run has started, so that a killed run can be recognized.
    ///
    /// - Parameter retention: how much of the past is kept; nil keeps everything.
    mutating func begin(in inventory: Inventory, keeping retention: Retention?) {
        if let latest = try? inventory.latestRun(after: .now) { notes.append(Self.clockNote(latest)) }
        keep(in: inventory.path) { try inventory.begin($0, keeping: retention) }
    }

    private static func clockNote(_ latest: Timestamp) -> String {
        """
        an earlier run is of \(latest), which is in the future: this machine's clock was ahead then, or is \
        behind now. axport ignores such times, reads lists again, and renews those answers first
        """
    }

    /// Records the current state; the exit code assumes that nothing else fails.
    mutating func record(in inventory: Inventory) {
        status = RunStatus(code)
        keep(in: inventory.path) { try inventory.record($0) }
    }

    /// Records a run that could not start because of another one.
    mutating func record(besideHolderOf path: String, identity: String) {
        keep(in: path) { try Inventory.record($0, besideHolderOf: path, identity: identity) }
    }

    /// If the history cannot be written, a successful run stays successful.
    private mutating func keep(in path: String, _ write: (RunRecord) throws -> Void) {
        do {
            try write(record)
            inventory = path
        } catch {
            let note = "`axport runs` does not show this run, or not completely: \(Failure(of: error))"
            if !notes.contains(note) { notes.append(note) }
        }
    }

    private var record: RunRecord {
        let first = failure ?? stages.lazy.compactMap(\.failure).first
        return RunRecord(
            id: runID,
            pipeline: pipeline,
            source: source,
            startedAt: startedAt,
            endedAt: endedAt,
            seconds: seconds,
            exitCode: status.isOutcome ? code.rawValue : nil,
            status: status,
            counts: counts,
            failure: first?.description,
            version: version,
            pipelineHash: pipelineHash,
            report: jsonLine
        )
    }

    /// The numbers of all stages together.
    package var counts: RunCounts {
        var sum = RunCounts()
        for stage in stages {
            sum.requests += stage.counts.requests
            guard stage.kind == .load else { continue }
            sum.written += stage.counts.written
            sum.unchanged += stage.counts.unchanged
            sum.retired += stage.counts.retired
            sum.filtered += stage.counts.filtered
        }
        sum.rejected = rejects.values.reduce(0, +)
        return sum
    }
}
