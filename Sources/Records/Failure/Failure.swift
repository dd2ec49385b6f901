/// What the process reports to its caller, after sysexits(3), so that schedulers can act on it.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    case partial = 3
    case usage = 64
    case badData = 65
    case sourceUnavailable = 69
    case destinationFailed = 73
    case locked = 75
    case credentialsRefused = 77
    case pipelineInvalid = 78
    case interrupted = 130

    package var meaning: String {
        switch self {
        case .done: "all done"
        case .partial:
            "partial: some data is unknown, too many values were rejected, or one of several loads or sources failed"
        case .usage: "the command line is wrong"
        case .badData: "a guard refused bad data"
        case .sourceUnavailable: "Apple's API cannot be reached or does not answer"
        case .destinationFailed: "a destination failed"
        case .locked: "locked by another run, or out of time with nothing new to load"
        case .credentialsRefused: "Apple denied the credentials"
        case .pipelineInvalid: "the pipeline file is invalid"
        case .interrupted: "interrupted"
        }
    }
}

/// A problem that a person must know about and can act on. The message says what, where, and why; the advice says what
/// to do. Each is always a single line.
package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    package let code: ExitCode
    package var message: String
    package private(set) var advice: String?
    /// The full text of a third party, if the message has only part of it.
    package var detail: String?
    /// Whether a retry may succeed although nobody changes anything.
    package let isTransient: Bool
    /// Numbers of the guard, if a guard refused.
    package let refusal: Refusal?
    /// Whether it is about a place that others may share, such as a server that cannot be reached.
    package let isOfPlace: Bool

    package init(
        _ code: ExitCode,
        _ message: String,
        advice: String? = nil,
        isTransient: Bool = false,
        refusal: Refusal? = nil,
        isOfPlace: Bool = false
    ) {
        self.code = code
        self.message = message.controlsVisible
        self.advice = advice?.controlsVisible
        self.isTransient = isTransient
        self.refusal = refusal
        self.isOfPlace = isOfPlace
    }

    /// On one line, as reports, tables and JSON keep it.
    package var description: String { advice.map { "\(message); \($0)" } ?? message }

    /// For people: what happened and, on a separate line, what to do.
    package var told: String { advice.map { "\(message)\nhint: \($0)" } ?? message }

    /// Without a secret that came with it unseen.
    package func hiding(_ secrets: Secrets) -> Failure { rewritten(secrets.hiddenRuns) }

    /// With all of its text changed.
    package func rewritten(_ change: (String) -> String) -> Failure {
        var changed = self
        changed.message = change(message)
        changed.advice = advice.map(change)
        changed.detail = detail.map(change)
        return changed
    }
}
