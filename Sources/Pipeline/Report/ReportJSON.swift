import Inventory
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A run's report as JSON: what `--json` and `--summary` write, and what the inventory keeps for `axport runs` and the
/// dataset `runs`. Members may be added; those that are there keep their names and meanings.
package struct ReportJSON: Codable, Sendable {
    private let run: String
    private let pipeline: String
    fileprivate let pipelineFile: String
    private let pipelineHash: String?
    private let version: String
    private let source: String
    private let startedAt: String
    private let endedAt: String?
    private let seconds: Double
    /// Absent while there is no outcome.
    private var exitCode: Int32?
    private var status: RunStatus
    private let error, errorDetail: String?
    private let requests, written, unchanged, retired, filtered, quarantined: Int
    private let stages: [StageReport]
    @CountedByName private var rejects: [Reason: Int]
    @CountedByName private var warnings: [Warning: Int]
    private let notes: [String]

    package init(_ report: RunReport) {
        run = report.runID
        pipeline = report.pipeline
        pipelineFile = report.pipelineFile
        pipelineHash = report.pipelineHash
        version = report.version
        source = report.source
        startedAt = report.startedAt.description
        endedAt = report.endedAt?.description
        seconds = report.seconds.inMilliseconds
        exitCode = report.status.isOutcome ? report.code.rawValue : nil
        status = report.status
        error = report.failure?.description
        errorDetail = report.failure?.detail
        let counts = report.counts
        requests = counts.requests
        written = counts.written
        unchanged = counts.unchanged
        retired = counts.retired
        filtered = counts.filtered
        quarantined = counts.rejected
        stages = report.stages.map(\.inMilliseconds)
        _rejects = CountedByName(wrappedValue: report.rejects)
        _warnings = CountedByName(wrappedValue: report.warnings)
        notes = report.notes
    }

    package var text: String { jsonLine }
}

extension ReportJSON {
    /// The report that a run left in the inventory.
    package init(_ record: RunRecord) throws(Failure) {
        do {
            self = try JSONDecoder.axport.decode(ReportJSON.self, from: Data(record.report.utf8))
        } catch {
            throw Failure(.badData, "the report of run \(record.id) cannot be read: axport \(record.version) wrote it")
        }
        status = record.status
        if !status.isOutcome { exitCode = nil }
    }

    fileprivate func fill(_ report: inout RunReport) {
        report.seconds = seconds
        report.status = status
        report.stages = stages
        report.rejects = rejects
        report.warnings = warnings
        report.failure = error.map { Failure(exitCode.flatMap(ExitCode.init) ?? .destinationFailed, $0) }
        report.failure?.detail = errorDetail
        report.notes = notes
    }
}

extension RunReport {
    /// The report as the run had it.
    package init(_ record: RunRecord) throws(Failure) {
        let json = try ReportJSON(record)
        self.init(
            runID: record.id,
            pipeline: record.pipeline,
            pipelineFile: json.pipelineFile,
            pipelineHash: record.pipelineHash,
            version: record.version,
            source: record.source,
            startedAt: record.startedAt
        )
        endedAt = record.endedAt
        json.fill(&self)
    }
}

extension Double {
    fileprivate var inMilliseconds: Double { (self * 1000).rounded() / 1000 }
}

extension StageReport {
    fileprivate var inMilliseconds: StageReport {
        var stage = self
        stage.counts.seconds = counts.seconds.inMilliseconds
        return stage
    }
}

extension Encodable {
    /// One line of JSON, members in the order of the alphabet.
    package var jsonLine: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension JSONDecoder {
    fileprivate static var axport: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
