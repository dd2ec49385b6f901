import Inventory
import Pipeline
import Records
import Stages

/// The last success of a pipeline for one organization, and its latest run.
struct HistoryFindings {
    private let plan: Plan
    private let path: String
    private let now: Timestamp

    /// A nightly run was missed.
    private static let longest = 36.0 * 3600
    private static let subject = "last success"

    init(_ plan: Plan, inventory path: String, now: Timestamp) {
        self.plan = plan
        self.path = path
        self.now = now
    }

    var all: [Finding] {
        guard Inventory.exists(at: path) else { return [.fact(Self.subject, "none yet: there was no run")] }
        do {
            let last = try Inventory.lastSuccess(of: plan.name, source: plan.source.name, at: path, asOf: now)
            let latest = try Inventory.runs(at: path, limit: Inventory.keptRuns).first {
                $0.pipeline == plan.name && $0.source == plan.source.name && $0.status != .running
            }
            return [success(last?.endedAt, latest)] + trouble(latest)
        } catch {
            return [.notAsked([Self.subject], "the inventory cannot be read")]
        }
    }

    private func success(_ moment: Timestamp?, _ latest: RunRecord?) -> Finding {
        guard let moment else {
            return .fact(
                Self.subject,
                latest == nil ? "none yet: there was no run of this pipeline" : "no run has succeeded yet"
            )
        }
        let said = RunTable.moment(moment, before: now)
        return now.seconds(since: moment) > Self.longest
            ? .doubtful(Self.subject, said, hint: "check whether the schedule still starts `axport run`")
            : .works(Self.subject, said)
    }

    private func trouble(_ latest: RunRecord?) -> [Finding] {
        guard let latest, latest.status != .done else { return [] }
        let code = latest.exitCode.map { " with exit code \($0)" } ?? ""
        let reason = latest.failure.map { ": \($0)" } ?? ""
        return [
            .doubtful(
                "latest run",
                "\(latest.status.rawValue)\(code) at \(RunTable.moment(latest.startedAt)) (UTC)\(reason)",
                hint: "`axport runs show \(latest.id) --from \(plan.file.asShellWord)` says what it did"
            )
        ]
    }
}
