import Records

/// What a command must know of a plan before it opens the plan's pipeline file.
package struct PlanGlance: Sendable {
    /// Absolute path of the pipeline file.
    package let file: String
    /// Devices that the plan would send.
    package let devices: Int

    /// - Throws: if the text is not a plan, or not as it was written.
    package init(_ text: String, path: String) throws(Failure) {
        let plan = try PlanFile(text, path: path)
        file = plan.header.file
        devices = plan.toSend.count
    }
}
