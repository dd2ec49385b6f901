import ArgumentParser
import Inventory
import Pipeline
import Records
import Stages

/// Checks whether runs still succeed: a pipeline's runs for each source, or any pipeline's runs on each inventory.
/// Exports and runs that did not contact Apple do not count, because they update nothing.
struct StaleCheck {
    let limit: Period
    let now: Timestamp

    /// The result for one inventory.
    struct Verdict {
        let text: String
        let isStale: Bool
    }

    /// - Parameter pipeline: nil for any pipeline.
    func verdict(of pipeline: String?, source: String, at path: String) -> Verdict {
        let name = (pipeline.map { "\($0), source \(source)" } ?? "source \(source)").onOneLine
        guard Inventory.exists(at: path) else {
            return Verdict(text: "\(name): no inventory \(path), so no run has succeeded", isStale: true)
        }
        do {
            let last = try Inventory.lastSuccess(of: pipeline, at: path, asOf: now)?.endedAt
            guard let last else { return Verdict(text: "\(name): no run has succeeded", isStale: true) }
            return Verdict(
                text: "\(name): last succeeded \(RunTable.moment(last, before: now))",
                isStale: now.seconds(since: last) > Double(limit.seconds)
            )
        } catch {
            return Verdict(text: "\(name): \(Failure(of: error))", isStale: true)
        }
    }

    /// Prints a line for each inventory.
    ///
    /// - Throws: an exit code if an inventory is stale.
    func answer(_ verdicts: [Verdict]) throws {
        let lines = verdicts.map { $0.isStale ? "stale: \($0.text)" : "ok: \($0.text)" }
        try Output.tell(lines.isEmpty ? "stale: no inventory" : lines.joined(separator: "\n"))
        guard verdicts.isEmpty || verdicts.contains(where: \.isStale) else { return }
        Output.log(
            LogRecord(hint: "`axport runs` lists the runs, and `axport runs show last` says why the last one failed")
        )
        throw Self.isStale
    }

    /// No run ends with this code.
    private static let isStale = ExitCode(1)
}
