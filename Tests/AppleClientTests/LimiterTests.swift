import Records
import Stages
import Testing

@testable import AppleClient

@Suite struct LimiterTests {
    /// When each of some tasks that ask at once may start, in seconds from now or from `began`.
    private func starts(
        _ count: Int,
        _ limiter: Limiter,
        from began: ContinuousClock.Instant = .now
    ) async throws -> [Double] {
        try await withThrowingTaskGroup(of: Double.self) { group in
            for _ in 0..<count {
                group.addTask {
                    _ = try await limiter.turn()
                    return (ContinuousClock.now - began).inSeconds
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func nobodyStartsBeforeTheNamedTime() async throws {
        let limiter = Limiter(rate: nil)
        await limiter.refused(try await limiter.turn(), retryAfter: 0.2)
        #expect(try await starts(5, limiter).allSatisfy { $0 >= 0.19 })
    }

    @Test func aTokenEndpointThatRefusesHoldsEverybodyBack() async throws {
        let limiter = Limiter(rate: nil)
        await limiter.pause(for: 0.2)
        #expect(try await starts(3, limiter).allSatisfy { $0 >= 0.19 })
    }

    @Test func turnsGivenOutBeforeARefusalAreTakenBack() async throws {
        let limiter = Limiter(rate: 4)
        let first = try await limiter.turn()
        let began = ContinuousClock.now
        async let waiting = starts(3, limiter, from: began)
        try await Task.sleep(for: .milliseconds(20))
        let refusal = (ContinuousClock.now - began).inSeconds
        await limiter.refused(first, retryAfter: 0.3)
        // Four a second, as before, but behind the wait. From a moment before the refusal to one after each start, so
        // that a machine that is late makes the times longer, never shorter; a millisecond is for rounding.
        for (number, time) in try await waiting.sorted().enumerated() {
            #expect(time >= refusal + 0.299 + 0.25 * Double(number))
        }
    }

    @Test func requestsThatWereUnderWayTogetherLowerThePaceOnce() async throws {
        let limiter = Limiter(rate: nil)
        await limiter.begin(pace: 8, deadline: nil)
        let turns = [try await limiter.turn(), try await limiter.turn()]
        for turn in turns { await limiter.refused(turn, retryAfter: 0.01) }
        #expect(try #require(await limiter.learned) > 2.5)
    }

    @Test func howLateARequestBeganIsCounted() async throws {
        let limiter = Limiter(rate: 10)
        _ = try await limiter.leave(for: 5)
        #expect(try await limiter.leave(for: 4).isHeldBack)
        try await Task.sleep(for: .milliseconds(400))
        // Nobody waited for this one.
        _ = try await limiter.leave(for: 1)
        #expect(await limiter.met.latestTurn == 0)
        #expect(try await limiter.leave(for: 9).isHeldBack)
        try await Task.sleep(for: .milliseconds(400))
        _ = try await limiter.leave(for: 1, wasHeldBack: true)
        let late = await limiter.met.latestTurn
        #expect(late > 0.2 && late < 0.45, "\(late)")
    }

    /// Waits that overlap count once.
    @Test func whatLimitsCostIsCounted() async throws {
        let limiter = Limiter(rate: nil)
        #expect(await limiter.standstill.met == LimitsMet())
        let turns = [try await limiter.turn(), try await limiter.turn(), try await limiter.turn()]
        for turn in turns { await limiter.refused(turn, retryAfter: 20) }
        let met = await limiter.standstill.met
        #expect(met.count == 3 && (20..<20.5).contains(met.seconds), "\(met)")
    }

    @Test func aRateSpacesRequests() async throws {
        #expect(try #require(try await starts(6, Limiter(rate: 50)).max()) >= 0.095)
    }

    @Test func leaveIsGivenForAsManyAsAreDue() async throws {
        let limiter = Limiter(rate: 1000, maxInFlight: 40)
        for _ in 0..<400 { await limiter.answered(try await limiter.turn(), bytes: 10) }
        try await Task.sleep(for: .milliseconds(200))
        let leave = try await limiter.leave(for: 500)
        // What can start late, and no more; the rest a thousandth of a second each.
        #expect((40...51).contains(leave.count), "\(leave.count)")
        #expect(leave.next != nil)
        #expect(try await limiter.leave(for: 500, underWay: 90).count == 0, "as many are under way as may be")
    }

    @Test func theUsersOwnLimitIsNotLearnedAsApples() async throws {
        let limiter = Limiter(rate: 2000)
        for _ in 0..<200 { await limiter.answered(try await limiter.turn(), bytes: 10) }
        #expect(await limiter.learned == nil)
    }

    @Test func whoAsksBeforeItsTurnGivesWayToAnyLimit() async throws {
        func isGiven(_ limiter: Limiter) async throws -> Bool {
            do {
                return try await limiter.leave(for: 1, .early).count == 1
            } catch  where error.kind == .budgetSpent {
                return false
            }
        }
        let limiter = Limiter(rate: nil)
        #expect(try await isGiven(limiter))
        await limiter.refused(try await limiter.turn(), retryAfter: 0.01)
        #expect(try await !isGiven(limiter))
        try await Task.sleep(for: .milliseconds(20))
        #expect(try await !isGiven(limiter), "the pace is known from now on")
        _ = try await limiter.turn()

        #expect(try await !isGiven(Limiter(rate: 1000)))
        let asked = Limiter(rate: nil)
        await asked.begin(pace: 5, deadline: nil)
        #expect(try await !isGiven(asked))
        let resting = Limiter(rate: nil)
        await resting.pause(for: 5)
        #expect(try await !isGiven(resting))
    }

    /// Even if it comes first when the wait is over. A busy machine may be late for both, so this is tried more than once.
    @Test func theNextRequestIsThatOfTheStageThatWaits() async throws {
        var gaveWay = 0
        for _ in 0..<20 {
            let limiter = Limiter(rate: nil)
            var held = try await limiter.leave(for: 1)
            while held.count > 0 { held = try await limiter.leave(for: 1) }
            let next = try #require(held.next)
            try await ContinuousClock().sleep(until: next)
            let early = try await limiter.leave(for: 1, .early)
            if early.count > 0 { continue }
            gaveWay += 1
            #expect(try #require(early.next) > next)
            #expect(try await limiter.leave(for: 1, wasHeldBack: true).count == 1)
        }
        #expect(gaveWay > 0)
    }

    @Test func whoAsksBeforeItsTurnSpendsNoOthersBudget() async throws {
        let limiter = Limiter(rate: nil)
        await limiter.allow(StageBudget(requests: 1, deadline: nil))
        #expect(try await limiter.leave(for: 2, .early).count > 0)
        _ = await limiter.settle([], givingBack: 2, .early)
        // Until the pace allows for both.
        try await Task.sleep(for: .milliseconds(100))
        #expect(try await limiter.leave(for: 2).count == 1)
    }

    @Test func aStageSendsNoMoreThanItMay() async throws {
        let limiter = Limiter(rate: nil)
        await limiter.allow(StageBudget(requests: 2, deadline: nil))
        _ = try await limiter.turn(for: .token)
        let asked = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 { group.addTask { (try? await limiter.turn()) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(asked == 2)
        let error = await #expect(throws: APIError.self) { try await limiter.turn() }
        #expect(error?.kind == .budgetSpent)
        await limiter.allow(nil)
        _ = try await limiter.turn()
    }

    @Test(arguments: [(1, 9, APIError.Kind.budgetSpent), (9, 1, .outOfTime)])
    func theEarlierDeadlineSaysWhatEnds(stage: Int, run: Int, kind: APIError.Kind) async throws {
        let limiter = Limiter(rate: nil)
        await limiter.begin(pace: nil, deadline: RunDeadline(instant: .now + .seconds(run), setting: "max_time"))
        await limiter.allow(StageBudget(requests: nil, deadline: .now + .seconds(stage)))
        await limiter.refused(try await limiter.turn(), retryAfter: 30)
        let error = await #expect(throws: APIError.self) { try await limiter.turn() }
        #expect(error?.kind == kind)
    }

    @Test func aWaitLongerThanTheLongestEndsTheAsking() async throws {
        let limiter = Limiter(rate: nil, waits: Limiter.Waits(longest: 60))
        await limiter.refused(try await limiter.turn(), retryAfter: 3600)
        let error = await #expect(throws: APIError.self) { try await limiter.turn() }
        #expect(error?.kind == .outOfTime)
        #expect(error?.message.contains("longer than max_wait (60 s)") == true, "\(error?.message ?? "")")
    }

    @Test func aWaitThatTheRunHasNoTimeForEndsAtOnce() async throws {
        let limiter = Limiter(rate: nil)
        await limiter.begin(
            pace: nil,
            deadline: RunDeadline(instant: .now + .seconds(5), setting: "max_time 5s")
        )
        await limiter.refused(try await limiter.turn(), retryAfter: 30)
        let began = ContinuousClock.now
        let error = await #expect(throws: APIError.self) { try await limiter.turn() }
        #expect(ContinuousClock.now - began < .seconds(1))
        #expect(error?.kind == .outOfTime)
        #expect(error?.message == "the time limit for requests to Apple (max_time 5s) was reached")
    }

    @Test func afterALongSilenceNothingMoreIsAsked() async throws {
        let limiter = Limiter(rate: nil, waits: Limiter.Waits(longestSilence: 0.1))
        await limiter.begin(pace: nil, deadline: nil)
        _ = try await limiter.turn()
        try await Task.sleep(for: .milliseconds(150))
        let error = await #expect(throws: APIError.self) { try await limiter.turn() }
        #expect(error?.kind == .outOfTime)
        await limiter.heard()
        _ = try await limiter.turn()
    }

    @Test func cancellationEndsTheWait() async throws {
        let limiter = Limiter(rate: nil)
        await limiter.refused(try await limiter.turn(), retryAfter: 60)
        let task = Task { try await limiter.turn() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
