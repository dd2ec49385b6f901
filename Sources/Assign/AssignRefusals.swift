import Pipeline
import Records
import Stages

/// What a command is refused for before anything is asked or sent.
extension AssignJob {
    func requireRules() throws(Failure) {
        guard settings.rules.isEmpty else { return }
        throw Failure(
            .pipelineInvalid,
            "\(plan.file) has no rules: it only allows \(settings.allow.map(\.rawValue).joined(separator: ", "))",
            advice: "add `rules` under `assign`, or plan the devices of a list, as `axport unassign --help` shows"
        )
    }

    /// The plan of a text.
    ///
    /// - Throws: unless it was made with this file, and can be applied now.
    func applicable(_ text: String, path: String) throws(Failure) -> PlanFile {
        let file = try PlanFile(text, path: path)
        try file.require(organization: plan.source.identity, at: .now)
        guard file.header.rules == plan.rulesHash else {
            throw Failure(
                .badData,
                "\(plan.file), or a list that it names, has changed since the plan was made",
                advice: "make a new plan"
            )
        }
        return file
    }

    /// - Throws: unless the text is a plan of this file that can be applied now.
    package func require(_ text: String, path: String) throws(Failure) { _ = try applicable(text, path: path) }
}
