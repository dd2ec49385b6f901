import Inventory
import Pipeline
import Records
import Stages

/// The text for a chat: how the runs of a file ended, in a few lines.
struct ChatText {
    /// Maximum number of causes: a chat is not a log.
    private static let most = 20
    private static let longest = 300

    private let lines: [String]

    init(_ ending: FileEnding) {
        let causes = Self.causes(ending)
        let more = causes.count > Self.most ? ["… and \(causes.count - Self.most) more; `axport runs` lists all"] : []
        lines =
            ["\(ending.pipeline.name): \(ending.verdict)"] + causes.prefix(Self.most) + more
            + ending.reports.prefix(Self.most).map { Self.counts($0, showsSource: ending.reports.count > 1) }
    }

    /// The format of Slack's incoming webhooks. Characters that begin a link or a name in Slack are escaped.
    var slack: String {
        let text = lines.joined(separator: "\n")
        return SlackMessage(
            text: text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        ).jsonLine
    }

    /// The format of the workflows of Teams.
    var teams: String { TeamsMessage(lines).text }

    /// Each cause once, as the end of the run says it.
    private static func causes(_ ending: FileEnding) -> [String] {
        let runs = RunsEnding(ending.reports)
        let causes = runs.causes.map { shared in
            let text = ending.reports.count > 1 ? shared.text(runs.noun) : shared.cause.text
            return [text, shared.cause.advice].compactMap(\.self).joined(separator: "; ")
        }
        return (causes + [ending.problem?.description].compactMap(\.self)).map { $0.onOneLine.beginning(longest) }
    }

    private static func counts(_ report: RunReport, showsSource: Bool) -> String {
        let counts = report.counts
        let rows = "\(counts.written) written, \(counts.unchanged) unchanged, \(counts.retired) retired"
        return (showsSource ? "\(report.source): " : "")
            + "\(rows); \(counted(counts.rejected, "value")) rejected; \(counted(counts.requests, "request"))"
    }
}

private struct SlackMessage: Encodable { let text: String }
