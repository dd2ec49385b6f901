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

/// What to read.
package enum APITarget: Sendable {
    /// A path that begins with `/v1`, its ids percent-encoded, and its query.
    case path(String, query: [(name: String, value: String)] = [])
    /// A link that Apple gave. Followed on the API's own origin only, because the token goes along.
    case link(String)
}
