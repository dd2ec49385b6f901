import Stages

/// Apple's API as tests stand in for it: what a double does not say, does nothing. The program's own API has no such
/// defaults, so that a forgotten member does not compile there.
package protocol APIDouble: AppleAPI {}

extension APIDouble {
    package var requestCount: Int { 0 }
    package var maxInFlight: Int { 1 }
    package var learnedRate: Double? { get async { nil } }
    package var limitsMet: LimitsMet { get async { LimitsMet() } }
    package func begin(pace: Double?, deadline: RunDeadline?, lease: (any Lease)?) async {}
    package func ahead() -> any AppleAPI { self }
    package func takeTurn() {}
    package func allow(_ budget: StageBudget?) async {}
    package func refusal(ofLink link: String) -> APIError? { nil }
    package func close() async {}
    package func ask(
        _ count: Int,
        tries: Int?,
        _ target: (Int) -> APITarget,
        _ receive: ([APIAnswer]) -> Bool
    ) async throws(APIError) { throw APIError(.unavailable, "no answer") }
}
