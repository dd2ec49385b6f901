import Inventory
import Records

/// What became of the devices of a command.
package struct AppliedAssignment: Sendable {
    /// In the order in which they were recorded.
    package let verdicts: [JournalEntry]
    /// Why the command stopped early; nil if it did not.
    package let failure: Failure?

    package func count(_ verdict: AssignmentVerdict) -> Int { verdicts.count { $0.verdict == verdict } }

    /// 0 if all landed or nothing was to be done; 3 if a device has not, or may not have.
    package var code: Outcome {
        if let failure { return failure.code }
        return verdicts.contains { [.notLanded, .unknown, .stale].contains($0.verdict) } ? .partial : .done
    }
}
