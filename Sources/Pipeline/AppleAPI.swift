import Records

/// Apple's API as extract stages see it: reads only. The client behind it keeps the token fresh, spaces requests,
/// tries again where that can help, and answers with a body that is one valid JSON object.
package protocol AppleAPI: Sendable {
    /// Asks for many things, as many at once as Apple allows, and hands over what has come, several answers at a time.
    ///
    /// - Parameters:
    ///   - tries: where it is not worth as many as usual.
    ///   - target: what to ask for, by its number.
    ///   - receive: takes answers, in no order; false asks nothing more, and then takes what is under way.
    /// - Throws: what ends the asking for all of them, after what was under way was handed over.
    func ask(
        _ count: Int,
        tries: Int?,
        _ target: (Int) -> APITarget,
        _ receive: ([APIAnswer]) -> Bool
    ) async throws(APIError)
    /// Why a link that Apple gave will not be followed; nil when it may be.
    func refusal(ofLink link: String) -> APIError?
    /// Requests sent so far, repeated ones and refused ones included.
    var requestCount: Int { get }
    /// Requests that may be under way at once.
    var maxInFlight: Int { get }
    /// Said before the first request.
    ///
    /// - Parameters:
    ///   - pace: requests a second that an earlier run found Apple to allow.
    ///   - deadline: when nothing more is to be asked.
    func begin(pace: Double?, deadline: RunDeadline?) async
    /// Said before the requests of a stage that may not ask all it wants, and nil after them.
    func allow(_ budget: StageBudget?) async
    /// Requests a second that Apple was found to allow; nil where nothing was learned.
    var learnedRate: Double? { get async }
    func close() async
}

/// What came of one of several questions.
package struct APIAnswer: Sendable {
    package let number: Int
    package let result: Result<[UInt8], APIError>

    package init(number: Int, result: Result<[UInt8], APIError>) {
        self.number = number
        self.result = result
    }
}

extension AppleAPI {
    package func get(_ target: APITarget, tries: Int? = nil) async throws(APIError) -> [UInt8] {
        var answer = Result<[UInt8], APIError>.failure(APIError(.cancelled, "interrupted"))
        func take(_ answers: [APIAnswer]) -> Bool {
            for given in answers { answer = given.result }
            return true
        }
        try await ask(1, tries: tries, { _ in target }, take)
        return try answer.get()
    }
}

/// An API without a limiter learns nothing and knows no hurry.
extension AppleAPI {
    package func begin(pace: Double?, deadline: RunDeadline?) async {}
    package func allow(_ budget: StageBudget?) async {}
    package var learnedRate: Double? { get async { nil } }
}

extension AppleAPI {
    /// Does what a stage asks within its budget.
    package func spending(_ budget: StageBudget, _ work: () async throws -> Void) async throws {
        await allow(budget)
        do {
            try await work()
        } catch {
            await allow(nil)
            throw error
        }
        await allow(nil)
    }
}

/// When a run must have asked Apple what it wants to know.
package struct RunDeadline: Sendable {
    package let instant: ContinuousClock.Instant
    /// What set it, as the user wrote it.
    package let setting: String

    package init(instant: ContinuousClock.Instant, setting: String) {
        self.instant = instant
        self.setting = setting
    }
}

/// What one stage of a run may ask for. Beyond it, requests end in ``APIError/Kind/budgetSpent``.
package struct StageBudget: Sendable {
    /// Repeated and refused ones included.
    package var requests: Int?
    package var deadline: ContinuousClock.Instant?

    package init(requests: Int?, deadline: ContinuousClock.Instant?) {
        self.requests = requests
        self.deadline = deadline
    }
}

/// What to read.
package enum APITarget: Sendable {
    /// A path that begins with `/v1`, its ids percent-encoded, and its query.
    case path(String, query: [(name: String, value: String)] = [])
    /// A link that Apple gave. Followed on the API's own origin only, because the token goes along.
    case link(String)
}

/// A request that failed for good.
package struct APIError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// Apple has no such resource.
        case notFound
        /// Apple refuses the request itself; a cursor that expired answers like this.
        case badRequest
        /// The API account lacks the right.
        case forbidden
        /// The token or the assertion is refused.
        case credentialsRefused
        /// No answer, or none that can be used, after all tries.
        case unavailable
        /// The answer breaks a rule that protects the token, such as a link to another host.
        case unsafe
        /// The run has no time left for it, or Apple has fallen silent: nothing is known of this resource, and asking
        /// for others is in vain.
        case outOfTime
        /// The stage's own budget is spent: what is left waits for the next run.
        case budgetSpent
        case cancelled
    }
    package let kind: Kind
    package let message: String
    package let advice: String?
    /// Whether Apple did answer, with a status of 500 or more.
    package let isServerError: Bool
    /// The type of the resource that Apple says it has not; nil where the answer is not Apple's error document, or is
    /// about the path.
    package let missing: String?
    /// What Apple said, where the message has not all of it.
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

    /// Whether Apple itself says that it has no resource of one of these types there. Any other 404 may come from a
    /// proxy, or from a path that Apple does not know, and says nothing.
    package func says(missing types: String...) -> Bool {
        guard kind == .notFound, let missing else { return false }
        return types.contains(missing)
    }

    /// Whether it may concern the device that was asked for and no other.
    package var mayConcernOneDevice: Bool { [.notFound, .badRequest, .unavailable].contains(kind) }

    package var description: String { advice.map { "\(message); \($0)" } ?? message }

    package var failure: Failure {
        if kind == .cancelled { return .interrupted }
        let code: ExitCode =
            switch kind {
            case .credentialsRefused, .forbidden: .credentialsRefused
            case .outOfTime, .budgetSpent: .locked
            default: .sourceUnavailable
            }
        var failure = Failure(code, message, advice: advice)
        failure.detail = detail
        return failure
    }
}
