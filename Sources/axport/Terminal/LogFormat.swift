import ArgumentParser
import Pipeline
import Records

/// How messages are written to stderr.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people. Unless stderr is a terminal, each line begins with the time.
    case text
    /// A JSON object on each line.
    case json
    /// For systemd's journal, which adds the time itself: each line begins with its priority, `<0>` to `<7>`.
    case journal

    func written(_ record: LogRecord, at now: Timestamp, showsTime: Bool) -> String {
        switch self {
        case .text:
            showsTime
                ? Self.lines(record.text) { $0.isEmpty ? Self.time(now) : "\(Self.time(now)) \($0)" } : record.text
        case .json: LogLine(record, at: now).jsonLine
        case .journal: Self.lines(record.text) { "<\(record.level.priority)>\($0)" }
        }
    }

    /// In UTC, to the second.
    private static func time(_ now: Timestamp) -> String { "\(now.description.prefix(19))Z" }

    private static func lines(_ text: String, _ change: (Substring) -> String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(change).joined(separator: "\n")
    }
}

extension LogRecord.Level {
    /// The priority numbers of syslog(3) and sd-daemon(3).
    fileprivate var priority: Int {
        switch self {
        case .error: 3
        case .warning: 4
        case .info: 6
        case .debug: 7
        }
    }
}

/// A message as a JSON object.
private struct LogLine: Encodable {
    private let ts: String
    private let level: String
    private let message: String
    private let hint, place, source, stage: String?
    private let exitCode: Int32?

    init(_ record: LogRecord, at now: Timestamp) {
        ts = now.description
        level = record.level.rawValue
        message = record.message
        hint = record.hint
        place = record.place
        source = record.source
        stage = record.stage
        exitCode = record.exitCode
    }
}
