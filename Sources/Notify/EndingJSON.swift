import Pipeline
import Records

/// The runs of a file as one JSON document: that of `--summary`, with the file's name and the event.
struct EndingJSON: Encodable {
    private let pipeline: String
    private let pipelineFile: String
    private let version = axportVersion
    private let startedAt: String
    private let exitCode: Int32
    private let status: String
    private let events: [String]
    private let error: String?
    private let runs: [RunReport]

    init(_ ending: FileEnding) {
        pipeline = ending.pipeline.name
        pipelineFile = ending.pipeline.path
        startedAt = ending.startedAt.description
        exitCode = ending.code.rawValue
        status = ending.status
        events = ending.events.map(\.rawValue).sorted()
        error = ending.problem?.description
        runs = ending.reports
    }
}
