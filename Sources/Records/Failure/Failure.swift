/// A problem that a person must know about and can act on. The message says what, where, and why. The advice says
/// what to do. Each is always a single line.
package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    package let code: Outcome
    package var message: String
    package private(set) var advice: String?
    /// The full text of a third party, if the message has only part of it.
    package var detail: String?
    /// Whether a retry may succeed although nobody changes anything.
    package let isTransient: Bool
    /// Numbers of the guard, if a guard refused.
    package let refusal: Refusal?
    /// Whether the problem is in a place that loads may share, such as a server that cannot be reached.
    package let isOfPlace: Bool
    /// Whether a transform failed on a row. Unlike a guard, it refused nothing.
    package var isOfTransform = false

    package init(
        _ code: Outcome,
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

    /// The failure on one line, for reports, tables, and JSON.
    package var description: String { advice.map { "\(message); \($0)" } ?? message }

    /// For people: what happened and, on a separate line, what to do.
    package var told: String { advice.map { "\(message)\nhint: \($0)" } ?? message }

    /// The failure without secrets that may have slipped into it.
    package func hiding(_ secrets: Secrets) -> Failure { rewritten(secrets.hiddenRuns) }

    /// The failure with all its text changed.
    package func rewritten(_ change: (String) -> String) -> Failure {
        var changed = self
        changed.message = change(message)
        changed.advice = advice.map(change)
        changed.detail = detail.map(change)
        return changed
    }
}
