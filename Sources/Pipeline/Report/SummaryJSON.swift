import Records
import Stages

/// The results of a command, for `--summary`: all its runs, or why it had none.
package struct SummaryJSON: Encodable {
    private let version = axportVersion
    private let startedAt: String
    private let exitCode: Int32
    private let error: String?
    private let runs: [RunReport]

    package init(_ reports: [RunReport], startedAt: Timestamp, code: Outcome, problem: (any Error)?) {
        self.startedAt = startedAt.description
        exitCode = code.rawValue
        error = problem.map { Failure(of: $0).description }
        runs = reports
    }

    package var text: String { jsonLine }
}
