import Pipeline
import Records
import Stages

/// Examines the destinations of a draft, and writes nothing there.
struct DestinationTrial {
    let file: NewPipeline
    let answers: Answers
    let environment: Environment

    struct Findings {
        /// What keeps the loads from their destinations.
        var problems: [Problem]
        /// Whether the file would not be valid with this destination. Otherwise it may work for another user.
        var isInvalid = false
        var facts: [String] = []
    }

    func examine() async -> Findings {
        var onSandbox = answers
        onSandbox.platform = .sandbox
        let draft = Draft(purpose: file.purpose, answers: onSandbox, variables: [:])
        let text = draft.text(schema: nil)
        var environment = environment
        for name in Draft.variables(in: text) where environment.variables[name] == nil {
            environment.variables[name] = "1"
        }
        if answers.hasPassword, let variable = file.purpose.databaseVariable {
            environment.variables[variable] = answers.database
        }
        do {
            let planning = Composition.planning(startedAt: .now, environment: environment)
            let planned = try planning.plans(for: PipelineText(text, file: file.purpose.name, in: file.folder))
            let examined = await planned.plans.first?.examineLoads(at: .now).map(\.examination) ?? []
            let problems = examined.compactMap(\.failure).map { Problem($0.message, hint: $0.advice) }
            return Findings(problems: problems.withoutRepeats, facts: examined.flatMap(\.facts).withoutRepeats)
        } catch {
            return Findings(problems: error.diagnostics.map(Problem.init).withoutRepeats, isInvalid: true)
        }
    }
}

extension [Problem] {
    /// The problems with each message once.
    var withoutRepeats: [Problem] {
        var seen: Set<String> = []
        return filter { seen.insert($0.message).inserted }
    }
}

extension [String] {
    fileprivate var withoutRepeats: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
