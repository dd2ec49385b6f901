import Records
import Stages

/// One message on stderr.
struct LogRecord: Sendable {
    enum Level: String, Sendable { case debug, info, warning, error }

    let level: Level
    var message: String
    /// The advice.
    var hint: String?
    /// The place in a pipeline file.
    var place: String?
    var source: String?
    var stage: String?
    /// Set at the end of a run.
    var exitCode: Int32?
    /// Text before the message, for people: the level, and the source if there are several.
    private var lead: String

    /// - Parameter lead: the text before the message, for people; nil for the level's default.
    init(_ level: Level, _ message: String, lead: String? = nil) {
        self.level = level
        self.message = message
        self.lead = lead ?? (level == .info ? "" : "\(level.rawValue): ")
    }

    /// - Parameter what: what failed, such as `--summary: `.
    init(_ level: Level, _ failure: Failure, of what: String = "", label: String = "") {
        self.init(level, what + failure.message, lead: "\(level.rawValue): \(label)")
        hint = failure.advice
    }

    init(_ diagnostic: Diagnostic) {
        self.init(diagnostic.severity == .error ? .error : .warning, diagnostic.message)
        hint = diagnostic.hint
        place = diagnostic.location.description
    }

    /// Advice without a problem.
    init(hint: String) { self.init(.info, hint, lead: "hint: ") }

    /// For people. The hint has a separate line.
    var text: String {
        (place.map { "\($0): " } ?? "") + lead + message + (hint.map { "\nhint: \($0)" } ?? "")
    }

    func with(source: String? = nil, stage: String? = nil, exitCode: Int32? = nil) -> LogRecord {
        var record = self
        record.source = source
        record.stage = stage
        record.exitCode = exitCode
        return record
    }

    func hiding(_ secrets: Secrets) -> LogRecord {
        var record = self
        record.message = secrets.hiddenRuns(in: message)
        record.lead = secrets.hiddenRuns(in: lead)
        record.hint = hint.map(secrets.hiddenRuns)
        record.place = place.map(secrets.hiddenRuns)
        record.source = source.map(secrets.hiddenRuns)
        record.stage = stage.map(secrets.hiddenRuns)
        return record
    }
}
