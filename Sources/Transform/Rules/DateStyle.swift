import Records
import Stages

/// The form of dates for a consumer (Rules/README.md section 11). Always UTC.
package enum DateStyle: String, CaseIterable, SettingValue, CustomStringConvertible {
    /// `2026-02-02`
    case snipeit
    /// `02/02/2026`, month first.
    case jiraAssets = "jira_assets"
    /// `2026-02-02 22:05:14`; a date column has no time.
    case servicenow

    package var description: String { rawValue }

    package func append(_ moment: Timestamp, to output: inout [UInt8]) {
        append(day: Int(moment.daysSince1970), to: &output)
        guard self == .servicenow else { return }
        output.append(UInt8(ascii: " "))
        var text: [UInt8] = []
        moment.append(to: &text)
        // `HH:MM:SS` of `…THH:MM:SS.mmmZ`.
        output.append(contentsOf: text.dropLast(5).suffix(8))
    }

    package func append(day: Int, to output: inout [UInt8]) {
        var text: [UInt8] = []
        CalendarDay(daysSince1970: day).append(to: &text)
        switch self {
        case .snipeit, .servicenow: output.append(contentsOf: text)
        case .jiraAssets:
            output.append(contentsOf: text.suffix(5).prefix(2) + [UInt8(ascii: "/")] + text.suffix(2))
            output.append(contentsOf: [UInt8(ascii: "/")] + text.dropLast(6))
        }
    }
}
