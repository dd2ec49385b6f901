import Records

/// A date or date-time in a pipeline file.
package struct Moment: SettingValue, CustomStringConvertible {
    package let timestamp: Timestamp

    package static var typeName: String { "date or date-time" }

    package init(from node: ConfigNode) throws(Diagnostic) {
        let text = Array(try String(from: node).utf8)
        guard let timestamp = Timestamp.parse(text.span).value else {
            throw Diagnostic("expected a date such as 2026-01-15, or 2026-01-15T08:00:00Z", at: node.location)
        }
        self.timestamp = timestamp
    }

    package var description: String { timestamp.description }
}
