import Records

/// Apple's API for extract stages, read-only. Its client renews the token, spaces requests, retries if that can help,
/// and returns a body that is one valid JSON object.
package protocol AppleAPI: Sendable {
    /// Sends many requests, as many at once as Apple allows, and passes on the answers in groups.
    ///
    /// - Parameters:
    ///   - tries: the number of tries; nil for the usual number.
    ///   - target: the request with this number.
    ///   - receive: receives answers, in any order. If it returns false, no more requests are sent; answers in flight
    ///     still arrive.
    /// - Throws: an error that stops all requests, after the answers in flight were passed on.
    func ask(
        _ count: Int,
        tries: Int?,
        _ target: (Int) -> APITarget,
        _ receive: ([APIAnswer]) -> Bool
    ) async throws(APIError)
    /// Why a link from Apple must not be followed; nil if it may be.
    func refusal(ofLink link: String) -> APIError?
    /// Requests sent so far, including retries and refused ones.
    var requestCount: Int { get }
    /// The maximum number of requests in flight.
    var maxInFlight: Int { get }
    /// Call before the first request.
    ///
    /// - Parameters:
    ///   - pace: requests per second that Apple allowed in an earlier run.
    ///   - deadline: no requests start after it.
    ///   - lease: no requests start without it.
    func begin(pace: Double?, deadline: RunDeadline?, lease: (any Lease)?) async
    /// The same API for a stage that asks before its turn. Its requests are counted separately, belong to no budget,
    /// and yield to all others: they end in ``APIError/Kind/budgetSpent`` as soon as anything holds requests back.
    func ahead() -> any AppleAPI
    /// From now on, its requests are like all others.
    func takeTurn()
    /// Call with the budget before a stage's requests, and with nil after them.
    func allow(_ budget: StageBudget?) async
    /// Requests per second that Apple allows; nil if unknown.
    var learnedRate: Double? { get async }
    /// How Apple has limited the requests so far.
    var limitsMet: LimitsMet { get async }
    func close() async
}

/// How often Apple limited requests, and how long they waited because of it.
package struct LimitsMet: Sendable, Hashable {
    package var count = 0
    package var seconds = 0.0
    /// The longest time between the moment when a request was permitted and the one when it began. More than a few
    /// hundredths of a second show that this machine has too much to do.
    package var latestTurn = 0.0

    package init() {}
}

/// The answer to one of several requests.
package struct APIAnswer: Sendable {
    package let number: Int
    package let result: Result<[UInt8], APIError>

    package init(number: Int, result: Result<[UInt8], APIError>) {
        self.number = number
        self.result = result
    }
}

extension AppleAPI {
    package func begin(pace: Double?, deadline: RunDeadline?) async {
        await begin(pace: pace, deadline: deadline, lease: nil)
    }

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

extension AppleAPI {
    /// Runs the requests of a stage within its budget.
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

/// A resource to read.
package enum APITarget: Sendable {
    /// A path that begins with `/v1`, with percent-encoded ids, and its query.
    case path(String, query: [(name: String, value: String)] = [])
    /// A link from Apple. Followed only on the API's own origin, because the request includes the token.
    case link(String)
}
