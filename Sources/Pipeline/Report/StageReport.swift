import Records
import Stages

/// The results of one stage of a run.
package struct StageReport: Sendable {
    package enum Kind: String, Sendable { case extract, transform, load }
    package enum Status: String, Sendable { case running, done, partial, failed, skipped }

    package let kind: Kind
    package let name: String
    /// The destination of a load, or of the load that alone has this transform; otherwise empty.
    package let destination: String
    package var status: Status
    package var counts: StageCounts
    package var failure: Failure?

    /// Whether a guard refused. What was there before stays, and nothing is unknown. An extract stage that fails without
    /// the numbers of a guard leaves data unknown.
    var isRefused: Bool {
        guard let failure, failure.code == .badData else { return false }
        return failure.refusal != nil || kind == .load && !failure.isOfTransform
    }
}

/// A JSON object: the stage, what failed, and its numbers.
extension StageReport: Codable {
    private enum Key: String, CodingKey {
        case name = "stage"
        case kind, status, destination
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(kind.rawValue, forKey: .kind)
        try members.encode(name, forKey: .name)
        try members.encode(status.rawValue, forKey: .status)
        try members.encodeIfPresent(destination.isEmpty ? nil : destination, forKey: .destination)
        try FailureJSON.encode(failure, to: encoder)
        var counts = counts
        counts.seconds = counts.seconds.inMilliseconds
        try counts.encode(to: encoder)
    }

    /// Kinds and states that this version does not know are decoded as the most likely ones.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        kind = Kind(rawValue: try members.decode(String.self, forKey: .kind)) ?? .load
        name = try members.decode(String.self, forKey: .name)
        status = Status(rawValue: try members.decode(String.self, forKey: .status)) ?? .failed
        destination = try members.decodeIfPresent(String.self, forKey: .destination) ?? ""
        counts = try StageCounts(from: decoder)
        failure = try FailureJSON.decode(from: decoder)
    }
}
