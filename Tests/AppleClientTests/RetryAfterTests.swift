import Records
import Stages
import Testing

@testable import AppleClient

@Suite struct RetryAfterTests {
    private let now = Timestamp(seconds: 784_111_777)

    @Test func readsSeconds() {
        #expect(RetryAfter.seconds("120", now: now) == 120)
        #expect(RetryAfter.seconds("0", now: now) == 0)
    }

    @Test func readsADate() {
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: Timestamp(seconds: 784_111_767)) == 10)
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: Timestamp(seconds: 784_111_787)) == 0)
    }

    @Test(arguments: ["", "soon", "-5", "Sun, 31 Feb 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"])
    func whatIsNeitherIsIgnored(text: String) {
        #expect(RetryAfter.seconds(text, now: now) == nil)
    }

    /// Gateways send the largest number there is for "never".
    @Test(arguments: ["9223372036854775808", "18446744073709551615", "1e308", "inf", "Fri, 31 Dec 9999 23:59:59 GMT"])
    func aWaitThatNobodyOutlivesIsAYear(text: String) {
        #expect(RetryAfter.seconds(text, now: now) == 366.0 * 86_400)
    }

    @Test(arguments: [
        "Sun, 06 Nov 9223372036854775807 08:49:37 GMT", "Sun, 06 Nov 1994 9223372036854775807:49:37 GMT",
        "Sun, 06 Nov 1994 08:-9223372036854775808:37 GMT", "Sun, 9223372036854775807 Nov 1994 08:49:37 GMT", "nan",
    ])
    func partsThatNoDateHasAreIgnored(text: String) {
        #expect(RetryAfter.seconds(text, now: now) == nil)
    }

    @Test func aWaitOfAYearEndsTheAsking() async throws {
        let limiter = Limiter(rate: nil, waits: Limiter.Waits(longest: 60))
        await limiter.pause(for: RetryAfter.seconds("18446744073709551615", now: now))
        let error = await #expect(throws: APIError.self) { try await limiter.turn() }
        #expect(error?.kind == .outOfTime)
    }
}
