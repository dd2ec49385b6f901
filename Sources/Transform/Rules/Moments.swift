import Records
import Stages

/// Reads date-times by the rules of Rules/README.md section 7.
extension Timestamp: CanonicalValue {
    /// An epoch number shows neither its unit nor that it is a date.
    package static func parse(number: Span<UInt8>) -> Verdict<Timestamp> { .refused(.format) }

    package func append(to output: inout [UInt8], style: Void) { append(to: &output) }
}

/// A date or date-time in a pipeline file.
struct Moment: SettingValue, CustomStringConvertible {
    let timestamp: Timestamp

    static var typeName: String { "date or date-time" }

    init(from node: ConfigNode) throws(Diagnostic) {
        let text = Array(try String(from: node).utf8)
        guard let timestamp = Timestamp.parse(text.span).value else {
            throw Diagnostic("expected a date such as 2026-01-15, or 2026-01-15T08:00:00Z", at: node.location)
        }
        self.timestamp = timestamp
    }

    var description: String { timestamp.description }
}
