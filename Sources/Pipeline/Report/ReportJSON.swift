import Inventory
import Records
import Stages

/// A run's report as JSON: `--json` and `--summary` write it, and the inventory stores it for `axport runs` and the
/// dataset `runs`. Members may be added; existing ones keep their names and meanings.
extension RunReport: Codable {
    private enum Key: String, CodingKey {
        case runID = "run"
        case pipeline, pipelineFile, pipelineHash, version, source, startedAt, endedAt, seconds, status
        /// Absent until the run has a result.
        case exitCode
        case limited, waitedSeconds, lateSeconds
        case stages, rejects, warnings, notes
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(runID, forKey: .runID)
        try members.encode(pipeline, forKey: .pipeline)
        try members.encode(pipelineFile, forKey: .pipelineFile)
        try members.encodeIfPresent(pipelineHash, forKey: .pipelineHash)
        try members.encode(version, forKey: .version)
        try members.encode(source, forKey: .source)
        try members.encode(startedAt.description, forKey: .startedAt)
        try members.encodeIfPresent(endedAt?.description, forKey: .endedAt)
        try members.encode(seconds.inMilliseconds, forKey: .seconds)
        try members.encode(status, forKey: .status)
        try members.encodeIfPresent(status.isOutcome ? code.rawValue : nil, forKey: .exitCode)
        try members.encode(limitsMet.count, forKey: .limited)
        try members.encode(limitsMet.seconds.inMilliseconds, forKey: .waitedSeconds)
        try members.encode(limitsMet.latestTurn.inMilliseconds, forKey: .lateSeconds)
        try members.encode(stages, forKey: .stages)
        try members.encode(CountedByName(wrappedValue: rejects), forKey: .rejects)
        try members.encode(CountedByName(wrappedValue: warnings), forKey: .warnings)
        try members.encode(notes, forKey: .notes)
        try counts.encode(to: encoder)
        try FailureJSON.encode(failure, to: encoder)
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        func moment(_ key: Key) throws -> Timestamp {
            let text = try members.decode(String.self, forKey: key)
            guard let moment = Timestamp.parse(Array(text.utf8).span).value else {
                throw DecodingError.dataCorruptedError(
                    forKey: key,
                    in: members,
                    debugDescription: "not a time: \(text)"
                )
            }
            return moment
        }
        self.init(
            runID: try members.decode(String.self, forKey: .runID),
            pipeline: try members.decode(String.self, forKey: .pipeline),
            pipelineFile: try members.decode(String.self, forKey: .pipelineFile),
            pipelineHash: try members.decodeIfPresent(String.self, forKey: .pipelineHash),
            version: try members.decode(String.self, forKey: .version),
            source: try members.decode(String.self, forKey: .source),
            startedAt: try moment(.startedAt)
        )
        endedAt = members.contains(.endedAt) ? try moment(.endedAt) : nil
        seconds = try members.decode(Double.self, forKey: .seconds)
        status = try members.decode(RunStatus.self, forKey: .status)
        recordedCode = try members.decodeIfPresent(Int32.self, forKey: .exitCode).flatMap(Outcome.init)
        limitsMet.count = try members.decodeIfPresent(Int.self, forKey: .limited) ?? 0
        limitsMet.seconds = try members.decodeIfPresent(Double.self, forKey: .waitedSeconds) ?? 0
        limitsMet.latestTurn = try members.decodeIfPresent(Double.self, forKey: .lateSeconds) ?? 0
        stages = try members.decode([StageReport].self, forKey: .stages)
        rejects = try members.decode(CountedByName<Reason>.self, forKey: .rejects).wrappedValue
        warnings = try members.decode(CountedByName<Warning>.self, forKey: .warnings).wrappedValue
        notes = try members.decode([String].self, forKey: .notes)
        failure = try FailureJSON.decode(from: decoder, else: recordedCode)
    }
}

extension RunReport {
    /// The report of a run in the inventory.
    package init(_ record: RunRecord) throws(Failure) {
        do {
            try self.init(jsonLine: record.report)
        } catch {
            throw Failure(.badData, "the report of run \(record.id) cannot be read: axport \(record.version) wrote it")
        }
        // The run may have been killed before it could update its status.
        status = record.status
        if !status.isOutcome { recordedCode = nil }
    }
}
