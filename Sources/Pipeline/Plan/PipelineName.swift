import Records

/// How reports and messages name a pipeline.
package struct PipelineName: Sendable {
    package let name: String
    /// As it was named.
    package let file: String
    /// As reports have it: from the root.
    package let path: String
    /// SHA-256 of the file's bytes, as hexadecimal digits. References are not resolved in it, so no secret is; nil where
    /// the pipeline is not what one file says.
    package let hash: String?

    /// - Parameter name: nil for that of the file.
    init(_ name: String?, of text: PipelineText) {
        self.name = name ?? Self.baseName(of: text.file)
        file = text.file
        path = text.path
        hash = text.hash
    }

    private static func baseName(of file: String) -> String {
        let last = file.split(separator: "/").last ?? "pipeline"
        return String(last.hasSuffix(".axport.yaml") ? last.dropLast(12) : last)
    }
}

extension RunReport {
    /// Of a run that begins.
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
