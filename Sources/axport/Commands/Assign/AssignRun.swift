import Assign
import Inventory
import Pipeline
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the verbs that assign devices have in common.
enum AssignRun {
    static var author: JournalAuthor {
        JournalAuthor(
            user: ProcessInfo.processInfo.userName,
            host: ProcessInfo.processInfo.hostName,
            version: axportVersion
        )
    }

    /// Shows the progress of the work, and ends it at Ctrl-C.
    static func showing<Result: Sendable>(
        _ job: AssignJob,
        _ work: @escaping @Sendable (RunProgress) async throws -> Result
    ) async throws -> Result {
        try await Interrupt.cancelling {
            let progress = RunProgress()
            let result: Swift.Result<Result, any Error> = await ProgressBoard.showing(progress, of: job.plan) {
                do {
                    return .success(try await work(progress))
                } catch {
                    return .failure(error)
                }
            }
            return try result.get()
        }
    }

    /// Prints what became of the devices, why the work stopped, if it did, and what to do next.
    ///
    /// - Parameter file: the pipeline file.
    static func tell(_ applied: AppliedAssignment, of file: String) throws {
        let open = applied.verdicts.filter { $0.verdict != .landed && $0.verdict != .skipped }
        if !open.isEmpty { try Output.answer(VerdictTable(open).text) }
        Output.note(counts(applied))
        if var failure = applied.failure {
            if failure.code == .interrupted {
                failure = Failure(.interrupted, "interrupted; what was sent is recorded")
            }
            Output.log(LogRecord(.error, failure))
        }
        if applied.count(.unknown) > 0 { tellResume(file) }
        let again = open.filter { [.notLanded, .stale].contains($0.verdict) }
        if again.contains(where: { $0.rule != nil }) {
            Output.note(
                "next: axport assign plan \(file.asShellWord) -o plan.ndjson: only a new plan sends these devices"
            )
        } else if !again.isEmpty {
            Output.note("next: make a new plan: only that sends these devices")
        }
    }

    static func tellResume(_ file: String) {
        Output.note("next: axport assign resume \(file.asShellWord) finds out what is unknown; it sends nothing")
    }

    private static func counts(_ applied: AppliedAssignment) -> String {
        let skipped = Dictionary(grouping: applied.verdicts.filter { $0.verdict == .skipped }) { $0.word ?? "" }
        let counts = AssignmentVerdict.allCases.compactMap { verdict in
            let count = applied.count(verdict)
            guard count > 0 else { return nil as String? }
            let word = verdict == .skipped && skipped.count == 1 && applied.failure == nil ? skipped.keys.first : nil
            return "\(count) \(verdict.rawValue.replacing("_", with: " "))\(word.map { " (\($0))" } ?? "")"
        }
        if counts.isEmpty { return applied.failure == nil ? "nothing to do" : "nothing was sent" }
        return counts.joined(separator: ", ")
    }
}
