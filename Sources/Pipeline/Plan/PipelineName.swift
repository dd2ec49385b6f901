import Records

/// The name of a pipeline in reports and messages.
package struct PipelineName: Sendable {
    package let name: String
    /// The name of the pipeline that the file is: its rejects also belong to runs by another name, such as an export's.
    let ofFile: String
    /// The file as the user named it.
    package let file: String
    /// The absolute path, for reports.
    package let path: String
    /// SHA-256 of the file's bytes, as hexadecimal digits. References are not resolved, so it covers no secret; nil
    /// if the pipeline is not just the contents of one file.
    package let hash: String?
    /// Whether ``file`` is the name of a command that provides all sections.
    let isOfCommand: Bool

    /// - Parameter name: nil for the file's name.
    init(_ name: String?, of text: PipelineText) {
        ofFile = name ?? Self.baseName(of: text.file)
        self.name = text.runName ?? ofFile
        file = text.file
        path = text.path
        hash = text.hash
        isOfCommand = text.isOfCommand
    }

    private static func baseName(of file: String) -> String {
        let last = file.split(separator: "/").last ?? "pipeline"
        return String(last.hasSuffix(".axport.yaml") ? last.dropLast(12) : last)
    }
}

extension RunReport {
    /// The report of a run that begins.
    init(of pipeline: PipelineName, source: String, startedAt: Timestamp) {
        self.init(
            runID: Plan.runID(startedAt),
            pipeline: pipeline.name,
            pipelineFile: pipeline.path,
            pipelineHash: pipeline.hash,
            version: axportVersion,
            source: source,
            startedAt: startedAt
        )
    }
}
