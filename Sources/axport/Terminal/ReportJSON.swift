import Inventory
import Pipeline
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A run's report as one line of JSON, for `--json`.
struct ReportJSON: Encodable {
    private let run: String
    private let pipeline: String
    private let source: String
    private let startedAt: String
    private let seconds: Double
    private let exitCode: Int32
    private let error: String?
    private let stages: [Stage]
    private let rejects: [String: Int]
    private let warnings: [String: Int]

    private struct Stage: Encodable {
        let kind, stage, status: String
        let destination, error: String?
        let asked, received, unchanged, changed, filtered, quarantined, written, retired, unknown, requests: Int
        let seconds: Double
        let reasons: [String: Int]
        let heldBack: Int
        let notes: [String]

        init(_ report: StageReport) {
            kind = report.kind.rawValue
            stage = report.name
            status = report.status.rawValue
            destination = report.destination.isEmpty ? nil : report.destination
            error = report.failure?.description
            let counts = report.counts
            asked = counts.asked
            received = counts.received
            unchanged = counts.unchanged
            changed = counts.changed
            filtered = counts.filtered
            quarantined = counts.quarantined
            written = counts.written
            retired = counts.retired
            unknown = counts.failed
            requests = counts.requests
            seconds = (counts.seconds * 1000).rounded() / 1000
            reasons = Dictionary(counts.reasons.map { ($0.key.rawValue, $0.value) }) { $0 + $1 }
            heldBack = counts.heldBack
            notes = counts.notes
        }
    }

    init(_ report: RunReport) {
        run = report.runID
        pipeline = report.pipeline
        source = report.source
        startedAt = report.startedAt.description
        seconds = (report.seconds * 1000).rounded() / 1000
        exitCode = report.code.rawValue
        error = report.failure?.description
        stages = report.stages.map(Stage.init)
        rejects = Dictionary(report.rejects.map { ($0.key.rawValue, $0.value) }) { $0 + $1 }
        warnings = Dictionary(report.warnings.map { ($0.key.rawValue, $0.value) }) { $0 + $1 }
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
