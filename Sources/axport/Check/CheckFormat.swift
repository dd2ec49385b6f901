import ArgumentParser
import Pipeline
import Records
import Stages

/// How `axport check` prints what it found.
enum CheckFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people: each cause once, then a count.
    case text
    /// For editors: a JSON array on stdout, with each place of each problem.
    case json
    /// For GitHub Actions: a workflow command on stdout for each place of each problem.
    case github

    func show(_ files: [CheckedFile]) throws {
        let findings = files.flatMap(\.findings).map { $0.hiding(Composition.environment.secrets) }
        switch self {
        case .text: for file in files { CheckText(file).show() }
        case .json: try Output.answer(findings.map(FindingJSON.init).jsonLine)
        case .github: for finding in findings { try Output.answer(WorkflowCommand(finding).text) }
        }
    }
}

/// A problem or warning as JSON.
private struct FindingJSON: Encodable {
    private let file: String
    private let line, column: Int
    /// `error` or `warning`.
    private let severity: String
    private let message: String
    private let hint: String?

    init(_ finding: Diagnostic) {
        file = finding.location.file
        line = finding.location.line
        column = finding.location.column
        severity = finding.severity.rawValue
        message = finding.message
        hint = finding.hint
    }
}

extension Diagnostic {
    fileprivate func hiding(_ secrets: Secrets) -> Diagnostic {
        var shown = self
        shown.message = secrets.hiddenRuns(in: message)
        shown.hint = hint.map(secrets.hiddenRuns)
        return shown
    }
}
