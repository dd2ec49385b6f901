import Stages
import Testing

@testable import AppleClient

/// Refusals without Retry-After.
@Suite struct UnnamedWaitTests {
    @Test func withoutANamedTimeTheWaitDoublesFromOneRefusalToTheNext() async throws {
        let limiter = Limiter(rate: nil, waits: Limiter.Waits(unnamed: 0.02))
        for expected in [0.02, 0.04, 0.08, 0.12, 0.12] {
            let turns = [try await limiter.turn(), try await limiter.turn(), try await limiter.turn()]
            for turn in turns { #expect(await limiter.refused(turn, retryAfter: nil) == expected) }
        }
        await limiter.answered(try await limiter.turn(), bytes: 10)
        #expect(await limiter.refused(try await limiter.turn(), retryAfter: nil) == 0.02)
    }

    @Test func anAnswerToWhatWasSentBeforeARefusalDoesNotEndTheWaiting() async throws {
        let limiter = Limiter(rate: nil, waits: Limiter.Waits(unnamed: 0.02))
        let turns = [try await limiter.turn(), try await limiter.turn()]
        #expect(await limiter.refused(turns[0], retryAfter: nil) == 0.02)
        let learned = await limiter.learned
        await limiter.answered(turns[1], bytes: 10)
        #expect(await limiter.refused(try await limiter.turn(), retryAfter: nil) == 0.04)
        #expect(await limiter.learned == learned)
    }

    @Test func afterAWaitThatNobodyNamedOneTriesAlone() async throws {
        let limiter = Limiter(rate: nil, waits: Limiter.Waits(unnamed: 0.02))
        for _ in 0..<100 { await limiter.answered(try await limiter.turn(), bytes: 10) }
        #expect(try await limiter.leave(for: 1).window == 8)
        await limiter.refused(try await limiter.turn(), retryAfter: nil)
        try await Task.sleep(for: .milliseconds(30))
        #expect(try await limiter.leave(for: 1).window == 1)
    }

    @Test func aWaitThatWasTooShortLowersThePaceNoFurther() async throws {
        let limiter = Limiter(rate: nil, waits: Limiter.Waits(unnamed: 0.02))
        await limiter.begin(pace: 40, deadline: nil)
        await limiter.refused(try await limiter.turn(), retryAfter: nil)
        let learned = try #require(await limiter.learned)
        for _ in 0..<3 { await limiter.refused(try await limiter.turn(), retryAfter: nil) }
        #expect(await limiter.learned == learned)
    }

    /// The token's pause, then a refusal: a silence of 15 seconds, however often.
    @Test func theNextSilenceIsNotExpectedToBeAsLongAsAllBefore() async throws {
        let limiter = Limiter(rate: nil)
        await limiter.begin(pace: 100, deadline: nil)
        func turn() async -> Limiter.Turn {
            Limiter.Turn(epoch: await limiter.epoch, hadWaited: true, timeLeft: nil)
        }
        for _ in 0..<30 {
            await limiter.pause(for: nil)
            #expect(await limiter.refused(turn(), retryAfter: nil) == 10)
            await limiter.answered(turn(), bytes: 10)
        }
        for _ in 0..<400 { await limiter.answered(turn(), bytes: 10) }
        #expect(await limiter.pace.rate >= 100)
    }

    @Test func nothingButRefusalsForLongEndTheAsking() async throws {
        let limiter = Limiter(rate: nil, waits: Limiter.Waits(longest: 0.1, unnamed: 0.04))
        await limiter.begin(pace: nil, deadline: nil)
        let error = await #expect(throws: APIError.self) {
            while true { await limiter.refused(try await limiter.turn(), retryAfter: nil) }
        }
        #expect(error?.kind == .outOfTime)
        #expect(error?.message.contains("Apple") == true)
    }
}
