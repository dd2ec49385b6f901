import Records

/// What a command must know of a plan before it opens the plan's pipeline file.
package struct PlanGlance: Sendable {
    /// Absolute path of the pipeline file.
    package let file: String
    /// Devices that the plan would send.
    package let devices: Int
    /// Devices by what is sent, for people.
    package let deeds: String
    /// Whether a part of it cannot be undone.
    package let isForGood: Bool

    /// - Throws: if the text is not a plan, or not as it was written.
    package init(_ text: String, path: String) throws(Failure) {
        let plan = try PlanFile(text, path: path)
        file = plan.header.file
        devices = plan.toSend.count
        let counts = PlanLine.Action.allCases.map { action in (action, plan.toSend.count { $0.action == action }) }
        deeds = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.words)" }.joined(separator: ", ")
        isForGood = plan.toSend.contains { $0.action == .release }
    }
}
