import Assign
import Inventory
import Load
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
            let source = job.plan.source.name
            let result: Swift.Result<Result, any Error> = await ProgressLine.showing(
                progress,
                of: source,
                isOneOfSeveral: job.plan.isOneOfSeveral
            ) {
                do {
                    return .success(try await work(progress))
                } catch {
                    return .failure(error)
                }
            }
            return try result.get()
        }
    }

    /// Prints a plan as a table, and writes it to a file if one is named.
    static func show(_ planned: PlannedAssignment, writingTo path: String?) throws {
        if let path { try ReportFile(FilePlace.absolute(path)).replace(with: planned.text) }
        let groups = planned.groups
        if groups.isEmpty {
            try Output.tell("No rule matches a device.")
        } else {
            var table = TextTable(
                ["rule", "from", "to", "what", "devices"],
                [.left, .left, .left, .left, .right],
                shortening: ["what", "rule", "from", "to"]
            )
            for (group, count) in groups {
                table.add([group.rule, group.from, group.to, group.what, String(count)])
            }
            try Output.answer(table.text(Output.screen.tableColumns))
        }
        let sent = counted(planned.sent, "device would be sent", "devices would be sent")
        guard let path else { return Output.note(sent) }
        Output.note("\(sent); the plan is in \(FilePlace.absolute(path))")
        if planned.sent > 0 { Output.note("next: axport assign apply \(path.asShellWord)") }
    }

    /// Prints what became of the devices, and why the work stopped, if it did.
    static func tell(_ applied: AppliedAssignment) throws {
        let open = applied.verdicts.filter { $0.verdict != .landed && $0.verdict != .skipped }
        if !open.isEmpty { try Output.answer(table(open)) }
        let counts = AssignmentVerdict.allCases.compactMap { verdict in
            let count = applied.count(verdict)
            return count > 0 ? "\(count) \(verdict.rawValue.replacing("_", with: " "))" : nil
        }
        Output.note(counts.isEmpty ? "nothing to do" : counts.joined(separator: ", "))
        if let failure = applied.failure { Output.log(LogRecord(.error, failure)) }
    }

    static func table(_ entries: [JournalEntry]) -> String {
        var table = TextTable(
            ["serial number", "rule", "from", "to", "verdict", "word"],
            shortening: ["word", "rule", "from", "to"],
            leavingOut: ["rule", "from"]
        )
        for entry in entries {
            table.add([
                entry.serialNumber, entry.rule ?? "", entry.from ?? "", entry.to ?? "", entry.verdict.rawValue,
                entry.word ?? "",
            ])
        }
        return table.text(Output.screen.tableColumns)
    }
}
