import Records

/// Apple's API as extract stages see it: reads only. The client behind it keeps the token fresh, spaces requests,
/// tries again where that can help, and answers with a body that is one valid JSON object.
package protocol AppleAPI: Sendable {
    /// Sends many requests, as many at once as Apple allows, and hands over the answers in groups.
    ///
    /// - Parameters:
    ///   - tries: number of tries; nil for the usual number.
    ///   - target: the request with this number.
    ///   - receive: takes answers, in any order. If it returns false, no more requests are sent; answers in flight still
    ///     arrive.
    /// - Throws: an error that stops all requests, after the answers in flight were handed over.
    func ask(
        _ count: Int,
        tries: Int?,
        _ target: (Int) -> APITarget,
        _ receive: ([APIAnswer]) -> Bool
    ) async throws(APIError)
    /// Why a link from Apple is not followed; nil if it may be.
    func refusal(ofLink link: String) -> APIError?
    /// Requests sent so far, repeated ones and refused ones included.
    var requestCount: Int { get }
    /// Most requests in flight.
    var maxInFlight: Int { get }
    /// Call before the first request.
    ///
    /// - Parameters:
    ///   - pace: requests per second that Apple allowed in an earlier run.
    ///   - deadline: no requests start after it.
    func begin(pace: Double?, deadline: RunDeadline?) async
    /// The same API for a stage that asks before its turn. Its requests are counted apart, belong to no budget, and give
    /// way to all others: they end in ``APIError/Kind/budgetSpent`` as soon as anything holds requests back.
    func ahead() -> any AppleAPI
    /// From now on its requests are like all others.
    func takeTurn()
    /// Call before the requests of a stage with a budget, and with nil after them.
    func allow(_ budget: StageBudget?) async
    /// Requests per second that Apple allows; nil if nothing was learned.
    var learnedRate: Double? { get async }
    /// How Apple has limited the requests so far.
    var limitsMet: LimitsMet { get async }
    func close() async
}

/// How often Apple limited requests, and how long they had to wait for it.
package struct LimitsMet: Sendable, Hashable {
    package var count = 0
    package var seconds = 0.0

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

/// What to read.
package enum APITarget: Sendable {
    /// A path that begins with `/v1`, its ids percent-encoded, and its query.
    case path(String, query: [(name: String, value: String)] = [])
    /// A link that Apple gave. Followed on the API's own origin only, because the token goes along.
    case link(String)
}
