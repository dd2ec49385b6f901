import Pipeline
import Records
import Stages

/// A pipeline file as `axport check` sees it.
struct CheckedFile {
    let file: String
    /// Nil if the file could not be read.
    private(set) var planned: PipelinePlans?
    /// Why there is no text to look at.
    private(set) var failure: Failure?
    /// Problems and warnings, one for each place.
    private(set) var findings: [Diagnostic] = []

    var problems: [Diagnostic] { findings.filter { $0.severity == .error } }

    init(_ file: String, _ text: PipelineText, _ planning: Planning) {
        self.file = file
        do throws(PlanError) {
            let planned = try planning.examine(text)
            self.planned = planned
            var found = Problems(planned.problems + planned.problemsOfSources)
            for plan in planned.plans { found.add(findings(of: plan, planning)) }
            if found.count == 0 { for plan in planned.plans { found.add(doubts(of: plan, planning)) } }
            findings = found.told
        } catch {
            findings = error.diagnostics
        }
    }

    /// A file that cannot be read.
    init(_ file: String, _ failure: Failure) {
        self.file = file
        self.failure = failure
        findings = [Diagnostic(failure, at: Self.top(of: file))]
    }

    /// What only a run would find: the key, and the place of the inventory.
    private func findings(of plan: Plan, _ planning: Planning) -> [Diagnostic] {
        var found: [Diagnostic] = []
        if let failure = Composition.keyFailure(of: plan.source) {
            found.append(Diagnostic(failure, at: plan.source.privateKey.location ?? Self.top(of: file)))
        }
        do throws(Failure) { _ = try plan.inventoryPath } catch {
            found.append(Diagnostic(error, at: Self.top(of: file)))
        }
        return found
    }

    /// What may be wrong or right, in a file without problems.
    private func doubts(of plan: Plan, _ planning: Planning) -> [Diagnostic] {
        plan.source.doubts + (planning.environment.readsSecrets ? plan.warnings(at: planning.startedAt) : plan.doubts)
    }

    private static func top(of file: String) -> SourceLocation { SourceLocation(file: file, line: 1, column: 1) }

    /// The exit code of the file.
    var code: Outcome { problems.isEmpty ? .done : PlanError(problems).code }
}
