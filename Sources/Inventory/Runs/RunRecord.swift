import Records

/// The inventory's record of a run.
package struct RunRecord: Sendable {
    package internal(set) var id: String
    package internal(set) var pipeline: String
    package internal(set) var source: String
    package internal(set) var startedAt: Timestamp
    /// Nil until it has ended.
    package internal(set) var endedAt: Timestamp?
    package internal(set) var seconds: Double
    package internal(set) var exitCode: Int32?
    package internal(set) var status: RunStatus
    package internal(set) var counts: RunCounts
    package internal(set) var failure: String?
    package internal(set) var version: String
    package internal(set) var pipelineHash: String?
    /// The whole report as JSON.
    package internal(set) var report: String

    package init(
        id: String,
        pipeline: String,
        source: String,
        startedAt: Timestamp,
        endedAt: Timestamp? = nil,
        seconds: Double = 0,
        exitCode: Int32? = nil,
        status: RunStatus = .unfinished,
        counts: RunCounts = RunCounts(),
        failure: String? = nil,
        version: String = "",
        pipelineHash: String? = nil,
        report: String = ""
    ) {
        self.id = id
        self.pipeline = pipeline
        self.source = source
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.seconds = seconds
        self.exitCode = exitCode
        self.status = status
        self.counts = counts
        self.failure = failure
        self.version = version
        self.pipelineHash = pipelineHash
        self.report = report
    }
}
