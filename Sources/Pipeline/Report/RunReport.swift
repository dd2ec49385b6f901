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
    /// What is known of the devices that somebody named; nil if nobody did.
    package internal(set) var named: NamedDevices?
    /// The exit code of an earlier run, by the rules of its version of axport.
    package internal(set) var recordedCode: Outcome?
    /// Whether another worker runs the organization, which is then that worker's to report.
    package internal(set) var isHeldElsewhere = false
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
        return Outcome(
            stages.filter { $0.status == .failed || $0.status == .partial },
            of: stages.filter { $0.kind == .load }
        )
    }
}

extension Outcome {
    /// The result of several loads.
    init(ofLoads loads: [StageReport]) { self.init(loads.filter { $0.status == .failed }, of: loads) }

    /// The result of stages that did not finish everything: guards refused, if nothing else went wrong; the loads' code
    /// if all failed, that of a guard last; otherwise partial.
    fileprivate init(_ troubled: [StageReport], of loads: [StageReport]) {
        let codes = troubled.filter { $0.kind == .load && $0.status == .failed }.compactMap(\.failure?.code)
        if troubled.isEmpty {
            self = .done
        } else if troubled.allSatisfy(\.isRefused) {
            self = .badData
        } else if let first = codes.first, codes.count == loads.count {
            self = codes.first { $0 != .badData } ?? first
        } else {
            self = .partial
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

extension [RunReport] {
    /// The result of a command. Organizations that other workers run are no fault of it, but it cannot promise them.
    package var outcome: Outcome {
        let own = Outcome(ofRuns: filter { !$0.isHeldElsewhere }.map(\.code))
        return own == .done && contains(where: \.isHeldElsewhere) ? .locked : own
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
