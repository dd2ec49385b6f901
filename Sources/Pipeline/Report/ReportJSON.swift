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
    private let stages: [StageJSON]
    private let rejects: [String: Int]
    private let warnings: [String: Int]
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
        quarantined = counts.quarantined
        stages = report.stages.map(StageJSON.init)
        rejects = Dictionary(report.rejects.map { ($0.key.rawValue, $0.value) }) { $0 + $1 }
        warnings = Dictionary(report.warnings.map { ($0.key.rawValue, $0.value) }) { $0 + $1 }
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
        report.stages = stages.map(\.report)
        report.rejects = rejects.keyed()
        report.warnings = warnings.keyed()
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

private struct StageJSON: Codable, Sendable {
    let kind, stage, status: String
    let destination, error, errorDetail: String?
    let errorCode: Int32?
    /// What a guard refused, where that was the failure.
    let `guard`: Refusal?
    let asked, received, unchanged, changed, filtered, quarantined, written, retired, unknown, requests: Int
    let read, added, leftOut, deleted: Int
    let seconds: Double
    let reasons: [String: Int]
    let heldBack: Int
    /// Absent in reports of versions that did not count it.
    let unreadable: Int?
    let notes: [String]

    init(_ report: StageReport) {
        kind = report.kind.rawValue
        stage = report.name
        status = report.status.rawValue
        destination = report.destination.isEmpty ? nil : report.destination
        error = report.failure?.description
        errorDetail = report.failure?.detail
        errorCode = report.failure?.code.rawValue
        `guard` = report.failure?.refusal
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
        read = counts.read
        added = counts.added
        leftOut = counts.leftOut
        deleted = counts.deleted
        seconds = counts.seconds.inMilliseconds
        reasons = Dictionary(counts.reasons.map { ($0.key.rawValue, $0.value) }) { $0 + $1 }
        heldBack = counts.heldBack
        unreadable = counts.unreadable
        notes = counts.notes
    }

    var report: StageReport {
        var counts = StageCounts()
        counts.asked = asked
        counts.received = received
        counts.unchanged = unchanged
        counts.changed = changed
        counts.filtered = filtered
        counts.quarantined = quarantined
        counts.written = written
        counts.retired = retired
        counts.failed = unknown
        counts.requests = requests
        counts.read = read
        counts.added = added
        counts.leftOut = leftOut
        counts.deleted = deleted
        counts.seconds = seconds
        counts.reasons = reasons.keyed()
        counts.heldBack = heldBack
        counts.unreadable = unreadable ?? 0
        counts.notes = notes
        return StageReport(
            kind: StageReport.Kind(rawValue: kind) ?? .load,
            name: stage,
            destination: destination ?? "",
            status: StageReport.Status(rawValue: status) ?? .failed,
            counts: counts,
            failure: error.map {
                var failure = Failure(
                    errorCode.flatMap(ExitCode.init) ?? .destinationFailed,
                    $0,
                    refusal: `guard`
                )
                failure.detail = errorDetail
                return failure
            }
        )
    }
}

extension [String: Int] {
    /// The same under the names' meanings; what another version called otherwise is dropped.
    fileprivate func keyed<Name: RawRepresentable<String> & Hashable>() -> [Name: Int] {
        [Name: Int](compactMap { name, count in Name(rawValue: name).map { ($0, count) } }) { $0 + $1 }
    }
}

extension Double {
    fileprivate var inMilliseconds: Double { (self * 1000).rounded() / 1000 }
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
