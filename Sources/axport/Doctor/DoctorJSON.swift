import Pipeline
import Records
import Stages

/// The findings as one line of JSON.
struct DoctorJSON: Encodable {
    private let at: String
    private let version: String
    private let exitCode: Int32
    private let files: [File]

    private struct File: Encodable {
        let file: String?
        let pipeline: String?
        let findings: [Line]
        let sources: [Source]
    }

    private struct Source: Encodable {
        let source: String
        let platform: String
        let findings: [Line]
    }

    private struct Line: Encodable {
        let subject: String
        let state: String
        let message: String
        let hint: String?
        let exitCode: Int32?

        init(_ finding: Finding) {
            subject = finding.subject
            message = finding.message
            hint = finding.hint
            exitCode = finding.code?.rawValue
            state =
                switch finding.state {
                case .works: "works"
                case .doubtful: "doubtful"
                case .fails: "fails"
                case .fact: "fact"
                case .notAsked: "not_asked"
                }
        }
    }

    init(_ report: DoctorReport, at now: Timestamp) {
        at = now.description
        version = axportVersion
        exitCode = report.code.rawValue
        files = report.files.map { file in
            File(
                file: file.path ?? file.name,
                pipeline: file.name == nil ? nil : file.pipeline,
                findings: file.findings.map(Line.init),
                sources: file.sources.map { source in
                    Source(
                        source: source.name,
                        platform: source.platform.rawValue,
                        findings: source.findings.map(Line.init)
                    )
                }
            )
        }
    }
}
