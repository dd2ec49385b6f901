import Records

/// A request that failed permanently.
package struct APIError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// Apple does not have this resource.
        case notFound
        /// Apple refuses the request itself; this is also the answer for an expired cursor.
        case badRequest
        /// The API account lacks the right.
        case forbidden
        /// Apple refuses the token or the client assertion.
        case credentialsRefused
        /// All tries ended without a usable answer.
        case unavailable
        /// The answer breaks a rule that protects the token, such as a link to another host.
        case unsafe
        /// The run has no time left, or Apple has stopped answering: nothing is known about this resource, and
        /// requests for others are useless.
        case outOfTime
        /// The stage's budget is spent: the rest waits for the next run.
        case budgetSpent
        case cancelled
        /// Another process may run the organization now.
        case leaseLost
    }
    package let kind: Kind
    package let message: String
    package let advice: String?
    /// Whether Apple answered with a status of 500 or more.
    package let isServerError: Bool
    /// The type of the resource that is missing, according to Apple; nil if the answer is not Apple's error document,
    /// or is about the path.
    package let missing: String?
    /// Apple's full text, if the message has only part of it.
    package let detail: String?

    package init(
        _ kind: Kind,
        _ message: String,
        advice: String? = nil,
        isServerError: Bool = false,
        missing: String? = nil,
        detail: String? = nil
    ) {
        self.kind = kind
        self.message = message.controlsVisible
        self.advice = advice?.controlsVisible
        self.isServerError = isServerError
        self.missing = missing
        self.detail = detail
    }

    /// Whether Apple itself reports that a resource of one of these types is missing. Any other 404 may come from a
    /// proxy, or from a path that Apple does not know, and proves nothing.
    package func says(missing types: String...) -> Bool {
        guard kind == .notFound, let missing else { return false }
        return types.contains(missing)
    }

    /// Whether the error may be about this device only.
    package var mayConcernOneDevice: Bool { [.notFound, .badRequest, .unavailable].contains(kind) }

    package var description: String { advice.map { "\(message); \($0)" } ?? message }

    package var failure: Failure {
        if kind == .cancelled { return .interrupted }
        let code: Outcome =
            switch kind {
            case .credentialsRefused, .forbidden: .credentialsRefused
            case .outOfTime, .budgetSpent, .leaseLost: .locked
            default: .sourceUnavailable
            }
        var failure = Failure(code, message, advice: advice)
        failure.detail = detail
        return failure
    }
}
