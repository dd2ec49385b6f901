import Records
import Stages

/// A receiver of notices about a run.
package enum Notice: Sendable {
    /// Reports the beginning and the end of a run.
    case ping(NoticeURL)
    case webhook(NoticeURL, NoticeFormat, NoticeEvents)
    case command(NoticeCommand, NoticeEvents)

    static let specs: [StageSpec<Notice>] = [ping, webhook, command]

    /// The setting that a plain value under a notice's name sets.
    static func mainSetting(of name: String) -> String { name == "command" ? "run" : "url" }

    private static let ping = StageSpec<Notice>(
        "ping",
        """
        Tells a watchdog that speaks the protocol of healthchecks.io: a POST to `URL/start` when the first run of the file \
        begins, and one to `URL/<exit code>` when the last has ended, with the last lines of the summary. The watchdog \
        also notices if no run reports.
        """,
        example: "ping: ${file:/etc/axport/ping-url}",
        settings: Setting("url", "URL of the check, without `/start`. Only its owner may be able to read its file."),
        build: { (url: NoticeURL) throws(PlanError) in .ping(url) }
    )

    private static let webhook = StageSpec<Notice>(
        "webhook",
        "Sends a POST when the last run of the file has ended, if one of the events has happened.",
        example: "webhook: { url: \"${file:/etc/axport/slack-url}\", format: slack, on: [failed, recovered] }",
        settings: Setting("url", "URL to send it to. Only its owner may be able to read its file."),
        Setting(
            "format",
            "Format: the reports as JSON, as `--summary` writes them, or a text for Slack or Teams.",
            default: NoticeFormat.json
        ),
        Setting("on", NoticeEvents.meaning, default: NoticeEvents.usual),
        build: { (url: NoticeURL, format: NoticeFormat, events: NoticeEvents) throws(PlanError) in
            .webhook(url, format, events)
        }
    )

    private static let command = StageSpec<Notice>(
        "command",
        """
        Runs a program when the last run of the file has ended, if one of the events has happened. It reads the reports as \
        JSON from its standard input. There is no shell. After 30 s, it is killed with all processes that it started.
        """,
        example: "command: { run: [/usr/local/bin/open-ticket, --queue, devices], on: [failed] }",
        settings: Setting("run", "The program and its arguments."),
        Setting("on", NoticeEvents.meaning, default: NoticeEvents.usual),
        build: { (command: NoticeCommand, events: NoticeEvents) throws(PlanError) in .command(command, events) }
    )
}

package enum NoticeFormat: String, SettingValue, CaseIterable { case json, slack, teams }

/// The events of a file's runs that a notice can report.
package enum NoticeEvent: String, SettingValue, CaseIterable { case failed, partial, changes, recovered }

package struct NoticeEvents: SettingValue, CustomStringConvertible {
    private let events: [NoticeEvent]

    static let usual = NoticeEvents(events: [.failed, .partial, .recovered])
    static let meaning = """
        When to send it: `failed` (any exit code but 0 and 3), `partial` (3), `changes` (devices came, changed or left), \
        `recovered` (all done, but not the time before).
        """

    package static var typeName: String { "list of \(NoticeEvent.typeName)" }
    package static var form: ValueForm { [NoticeEvent].form }

    private init(events: [NoticeEvent]) { self.events = events }

    package init(from node: ConfigNode) throws(Diagnostic) {
        events = node.isEmpty ? [] : try [NoticeEvent](from: node)
        if events.isEmpty {
            throw Diagnostic("'on' is empty, so the notice would never be sent", hint: "remove 'on'", at: node.location)
        }
    }

    package var description: String { "[\(events.map(\.rawValue).joined(separator: ", "))]" }

    package func contains(_ event: NoticeEvent) -> Bool { events.contains(event) }
}
