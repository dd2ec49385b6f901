import Records
import Stages

/// One thing that `axport doctor` looked at.
struct Finding: Sendable, Hashable {
    enum State: Sendable, Hashable {
        case works
        /// It may be wrong, or soon will be.
        case doubtful
        case fails(Outcome)
        /// Neither right nor wrong.
        case fact
        /// It was not looked at.
        case notAsked
    }

    let subject: String
    let state: State
    let message: String
    let hint: String?

    private init(_ subject: String, _ state: State, _ message: String, _ hint: String?) {
        self.subject = subject
        self.state = state
        self.message = message.onOneLine
        self.hint = hint?.onOneLine
    }

    static func works(_ subject: String, _ message: String, hint: String? = nil) -> Finding {
        Finding(subject, .works, message, hint)
    }

    static func fact(_ subject: String, _ message: String) -> Finding { Finding(subject, .fact, message, nil) }

    static func doubtful(_ subject: String, _ message: String, hint: String? = nil) -> Finding {
        Finding(subject, .doubtful, message, hint)
    }

    static func doubtful(_ subject: String, _ failure: Failure) -> Finding {
        doubtful(subject, failure.message, hint: failure.advice)
    }

    static func fails(_ subject: String, _ failure: Failure) -> Finding {
        Finding(subject, .fails(failure.code), failure.message, failure.advice)
    }

    /// Several things that were not looked at, for one reason.
    static func notAsked(_ subjects: [String], _ reason: String) -> Finding {
        Finding(subjects.joined(separator: ", "), .notAsked, "not asked: \(reason)", nil)
    }

    /// The problem of a pipeline file as `axport check` shows it.
    init(_ diagnostic: Diagnostic, showsPlace: Bool) {
        let place = showsPlace ? "\(diagnostic.location): " : ""
        self.init(
            "file",
            diagnostic.severity == .error ? .fails(diagnostic.code) : .doubtful,
            place + diagnostic.message,
            diagnostic.hint
        )
    }

    /// The same with all its text changed.
    func rewritten(_ change: (String) -> String) -> Finding {
        Finding(change(subject), state, change(message), hint.map(change))
    }

    fileprivate func hasCause(of other: Finding) -> Bool {
        state == other.state && message == other.message && hint == other.hint
    }

    fileprivate func also(_ subject: String) -> Finding {
        self.subject == subject ? self : Finding("\(self.subject), \(subject)", state, message, hint)
    }

    var code: Outcome? { if case .fails(let code) = state { code } else { nil } }

    var mark: String {
        switch state {
        case .works: "✓"
        case .doubtful: "!"
        case .fails: "✗"
        case .fact, .notAsked: "·"
        }
    }

    /// The lines for people.
    var text: String { "\(mark) \(subject): \(message)" + (hint.map { "\n  hint: \($0)" } ?? "") }
}

extension [Finding] {
    /// The exit code of the worst: what keeps a run from beginning comes before what ends it later.
    var worst: Outcome {
        let order: [Outcome] = [
            .pipelineInvalid, .usage, .credentialsRefused, .sourceUnavailable, .destinationFailed, .badData, .locked,
            .partial,
        ]
        let codes = Set(compactMap(\.code))
        return order.first(where: codes.contains) ?? codes.first ?? .done
    }

    /// The same with one finding for each cause.
    var byCause: [Finding] {
        var merged: [Finding] = []
        for finding in self {
            if finding.code != nil, let index = merged.firstIndex(where: finding.hasCause(of:)) {
                merged[index] = merged[index].also(finding.subject)
            } else {
                merged.append(finding)
            }
        }
        return merged
    }

    var hasTrouble: Bool { contains { $0.state == .doubtful || $0.code != nil } }
}
