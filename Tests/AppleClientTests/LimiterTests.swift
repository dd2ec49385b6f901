import Testing

@testable import AppleClient

@Suite struct LimiterTests {
    @Test func nobodyStartsBeforeTheNamedTime() async throws {
        let limiter = Limiter(rate: nil)
        let first = try await limiter.waitForTurn()
        await limiter.refused(startedAt: first, retryAfter: 0.2)
        let began = ContinuousClock.now
        let starts = try await withThrowingTaskGroup(of: ContinuousClock.Instant.self) { group in
            for _ in 0..<5 { group.addTask { try await limiter.waitForTurn() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(starts.allSatisfy { $0 - began >= .milliseconds(190) })
    }

    @Test func aRateSpacesRequests() async throws {
        let limiter = Limiter(rate: 50)
        let began = ContinuousClock.now
        for _ in 0..<6 { _ = try await limiter.waitForTurn() }
        #expect(ContinuousClock.now - began >= .milliseconds(95))
    }

    @Test func cancellationEndsTheWait() async throws {
        let limiter = Limiter(rate: nil)
        let first = try await limiter.waitForTurn()
        await limiter.refused(startedAt: first, retryAfter: 60)
        let task = Task { try await limiter.waitForTurn() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
