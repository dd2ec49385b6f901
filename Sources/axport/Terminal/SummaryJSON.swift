import Pipeline
import Records
import Stages

/// What a command did, for `--summary`: all its runs, or why there are none.
struct SummaryJSON: Encodable {
    private let version = axportVersion
    private let startedAt: String
    private let exitCode: Int32
    private let error: String?
    private let runs: [ReportJSON]

    init(_ reports: [RunReport], startedAt: Timestamp, code: ExitCode, problem: (any Error)?) {
        self.startedAt = startedAt.description
        exitCode = code.rawValue
        error = problem.map { Failure(of: $0).description }
        runs = reports.map(ReportJSON.init)
    }

    var text: String { jsonLine }
}
