import Inventory
import Records
import Stages

/// The results of a run.
package struct RunReport: Sendable {
    package let runID: String
    package let pipeline: String
    package let pipelineFile: String
    /// SHA-256 of the file, as hexadecimal digits; nil if the pipeline is not a file.
    package let pipelineHash: String?
    /// Version of axport.
    package let version: String
    package let source: String
    /// When the command began; with several files or sources, the run itself may have begun later.
    package let startedAt: Timestamp
    package var endedAt: Timestamp?
    package var seconds = 0.0
    package var status = RunStatus.running
    package var stages: [StageReport] = []
    /// How often Apple limited the run's requests, and how long they waited because of it.
    package internal(set) var limitsMet = LimitsMet()
    /// Rejected values of all stages, by reason.
    package var rejects: [Reason: Int] = [:]
    /// Values that were accepted although they were unusual or needed a conversion.
    package var warnings: [Warning: Int] = [:]
    /// Why the run could not start or continue, if no single stage failed.
    package var failure: Failure?
    /// What a person should know about the run itself although nothing failed.
    package var notes: [String] = []
    /// The exit code of an earlier run, by the rules of its version of axport.
    package internal(set) var recordedCode: Outcome?
    /// The inventory that has a record of the run, which `axport runs` shows; nil if none has.
    package internal(set) var inventory: String?

    init(
        runID: String,
        pipeline: String,
        pipelineFile: String,
        pipelineHash: String?,
        version: String,
        source: String,
        startedAt: Timestamp
    ) {
        self.runID = runID
        self.pipeline = pipeline
        self.pipelineFile = pipelineFile
        self.pipelineHash = pipelineHash
        self.version = version
        self.source = source
        self.startedAt = startedAt
    }

    package var code: Outcome {
        if let recordedCode { return recordedCode }
        if let failure { return failure.code }
        let troubled = stages.filter { $0.status == .failed || $0.status == .partial }
        // If guards refused something and everything else succeeded, nothing is unknown.
        if !troubled.isEmpty, troubled.allSatisfy({ $0.failure?.code == .badData }) {
            return .badData
        }
        let loads = Outcome(ofLoads: stages.filter { $0.kind == .load })
        if loads != .done { return loads }
        return troubled.isEmpty ? .done : .partial
    }
}

extension Outcome {
    /// The result of several loads: guards refused, if they alone failed some; otherwise the first other failure's code
    /// if all failed, and partial if some did.
    init(ofLoads loads: [StageReport]) {
        let failed = loads.filter { $0.status == .failed }
        let codes = failed.compactMap(\.failure?.code)
        if failed.isEmpty {
            self = .done
        } else if let other = codes.first(where: { $0 != .badData }) {
            self = failed.count == loads.count ? other : .partial
        } else {
            self = codes.isEmpty ? .partial : .badData
        }
    }

    /// The result of several runs: interrupted if any was; the common result if all are equal, or if guards refused
    /// some and the others succeeded; otherwise partial.
    package init(ofRuns codes: [Outcome]) {
        if codes.contains(.interrupted) {
            self = .interrupted
        } else {
            let troubles = Set(codes).subtracting([.done])
            let only = troubles.count == 1 ? troubles.first : nil
            self =
                if let only, only == .badData || !codes.contains(.done) { only } else {
                    troubles.isEmpty ? .done : .partial
                }
        }
    }
}

extension [StageReport] {
    /// Each text of the stages once, in order of first appearance, with all stages that have it.
    package func sharing<Text: Hashable>(_ texts: (StageReport) -> [Text]) -> [(stages: [StageReport], text: Text)] {
        var shared: [(stages: [StageReport], text: Text)] = []
        for stage in self {
            for text in texts(stage) {
                if let index = shared.firstIndex(where: { $0.text == text }) {
                    shared[index].stages.append(stage)
                } else {
                    shared.append(([stage], text))
                }
            }
        }
        return shared
    }

    /// The names of the stages on one line: `postgres devices, coverage`.
    package var names: String {
        var names: [(stage: String, places: [String])] = []
        for stage in self {
            let place = stage.destination.isEmpty ? [] : [stage.destination]
            if let index = names.firstIndex(where: { $0.stage == stage.name }) {
                names[index].places += place
            } else {
                names.append((stage.name, place))
            }
        }
        return names.map {
            ([$0.stage] + [$0.places.joined(separator: ", ")].filter { !$0.isEmpty }).joined(separator: " ")
        }
        .joined(separator: ", ")
    }
}
