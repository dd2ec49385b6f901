import Records
import Stages

/// Reads date-times by the rules of Rules/README.md section 7.
extension Timestamp: CanonicalValue {
    /// An epoch number shows neither its unit nor that it is a date.
    package static func parse(number: Span<UInt8>) -> Verdict<Timestamp> { .refused(.format) }

    package func append(to output: inout [UInt8], style: Void) { append(to: &output) }
}
