import Records
import Stages

/// What one stage of a run did.
package struct StageReport: Sendable {
    package enum Kind: String, Sendable { case extract, transform, load }
    package enum Status: String, Sendable { case running, done, partial, failed, skipped }

    package let kind: Kind
    package let name: String
    /// Where a load writes; empty for other stages.
    package let destination: String
    package var status: Status
    package var counts: StageCounts
    package var failure: Failure?
}

/// As an object of JSON: what the stage is, what went wrong, and its counts beside them.
extension StageReport: Codable {
    private enum Key: String, CodingKey {
        case kind, stage, status, destination, error, errorDetail, errorCode
        /// What a guard refused, where that was the failure.
        case `guard`
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(kind.rawValue, forKey: .kind)
        try container.encode(name, forKey: .stage)
        try container.encode(status.rawValue, forKey: .status)
        try container.encodeIfPresent(destination.isEmpty ? nil : destination, forKey: .destination)
        try container.encodeIfPresent(failure?.description, forKey: .error)
        try container.encodeIfPresent(failure?.detail, forKey: .errorDetail)
        try container.encodeIfPresent(failure?.code.rawValue, forKey: .errorCode)
        try container.encodeIfPresent(failure?.refusal, forKey: .guard)
        try counts.encode(to: encoder)
    }

    /// Kinds and states that this version does not know are read as what they are most likely to be.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        kind = Kind(rawValue: try container.decode(String.self, forKey: .kind)) ?? .load
        name = try container.decode(String.self, forKey: .stage)
        status = Status(rawValue: try container.decode(String.self, forKey: .status)) ?? .failed
        destination = try container.decodeIfPresent(String.self, forKey: .destination) ?? ""
        counts = try StageCounts(from: decoder)
        guard let error = try container.decodeIfPresent(String.self, forKey: .error) else { return }
        let code = try container.decodeIfPresent(Int32.self, forKey: .errorCode).flatMap(ExitCode.init)
        let refusal = try container.decodeIfPresent(Refusal.self, forKey: .guard)
        failure = Failure(code ?? .destinationFailed, error, refusal: refusal)
        failure?.detail = try container.decodeIfPresent(String.self, forKey: .errorDetail)
    }
}
