import Testing

@testable import AppleClient

extension Pace {
    /// When the next request starts.
    fileprivate mutating func reserve(at now: Double) -> Double {
        let start = max(nextSlot, now)
        #expect(take(1, at: start) == 1)
        return start
    }
}

@Suite struct PaceTests {
    /// Apple's side, and a client of four requests at a time, in made-up time.
    private struct World {
        var limit: Double?
        var burst = 50.0
        /// Every nth request is refused whatever the pace.
        var refusesEvery: Int?
        var dropsEvery: Int?
        /// After a refusal all requests are refused for so long, and no time is named.
        var silence: Double?
        var latency = 0.004
        var pace = Pace(ceiling: nil)
        private(set) var refused = 0
        private(set) var early = 0
        private(set) var seconds = 0.0
        /// The highest pace that was ever taken for what Apple allows after some refusals.
        private(set) var highest = 0.0

        /// Waits for the end of the silence, twice as long each time, and returns when it is over.
        private mutating func outlast(_ silence: Double, from start: Double) -> Double {
            var (now, wait) = (start + 5, 5.0)
            while now < start + silence {
                wait = min(30, 2 * wait)
                pace.refusedAgain(wait: wait, silence: now + wait - start, at: now)
                now += wait
            }
            return now
        }

        /// Sends this many requests, one after another, and repeats refused ones.
        mutating func ask(_ count: Int) {
            var level = burst
            var filled = 0.0
            var sent = 0
            var answered = 0
            var pausedUntil = 0.0
            var free = [0.0, 0.0, 0.0, 0.0]
            while answered < count {
                let next = free.indices.min { free[$0] < free[$1] } ?? 0
                let asked = max(free[next], pausedUntil)
                let start = pace.reserve(at: asked)
                sent += 1
                if start < pausedUntil { early += 1 }
                var wait: Double?
                if let limit {
                    level = min(burst, level + limit * (start - filled))
                    filled = start
                    if level < 1 { wait = max(1, ((1 - level) / limit).rounded(.up)) } else { level -= 1 }
                }
                if wait == nil, let refusesEvery, sent % refusesEvery == 0 { wait = 1 }
                let end = start + latency
                free[next] = end
                seconds = end
                if let dropsEvery, sent % dropsEvery == 0 {
                    pace.strained(at: end)
                    continue
                }
                if let wait {
                    refused += 1
                    pace.refused(wait: silence == nil ? wait : 5, isNamed: silence == nil, at: end)
                    pausedUntil = silence.map { outlast($0, from: end) } ?? end + wait
                } else {
                    answered += 1
                    pace.answered(hadWaited: start - asked > 0.001, at: end)
                    if refused > 3 { highest = max(highest, pace.sustained(at: end) ?? 0) }
                }
            }
        }
    }

    @Test func aLimitOfTwoHundredASecondIsUsedWithFewRefusals() {
        var world = World(limit: 200)
        world.ask(2000)
        let floor = (2000.0 - 50) / 200
        #expect(world.seconds < 1.2 * floor, "\(world.seconds) s, floor \(floor) s")
        #expect(world.refused < 10)
        #expect(world.early == 0)
    }

    @Test(arguments: [(5.0, 2.2), (200, 1.2), (1000, 1.2)]) func aLimitIsFoundWhateverItsBurst(
        burst: Double,
        share: Double
    ) {
        var world = World(limit: 200, burst: burst)
        world.ask(8000)
        #expect(world.seconds < share * (8000 - burst) / 200, "\(world.seconds) s")
        #expect(world.refused < 40, "\(world.refused)")
    }

    @Test func twentyRequestsAMinuteAreUsed() {
        var world = World(limit: 20.0 / 60, burst: 20, latency: 0.2)
        world.ask(600)
        #expect(world.seconds < 1.1 * 580 * 3, "\(world.seconds) s")
        #expect(world.refused < 30, "\(world.refused)")
        #expect(abs((world.pace.sustained(at: world.seconds) ?? 0) - 20.0 / 60) < 0.1)
        #expect(world.highest < 1, "\(world.highest)")
    }

    /// A second minute would cost more than a slow way back.
    @Test(arguments: [(20.0, 20.0, 300), (50, 20, 300), (100, 50, 2000), (20, 20, 250)]) func aSilentMinuteIsLostOnce(
        limit: Double,
        burst: Double,
        requests: Int
    ) {
        var world = World(limit: limit, burst: burst, silence: 60)
        world.ask(requests)
        #expect(world.refused == 1)
        #expect(world.seconds < 70 + 2 * Double(requests) / limit, "\(world.seconds) s")
    }

    @Test(arguments: [(20.0, 20.0), (100, 50)]) func fewSilentMinutesAreLost(limit: Double, burst: Double) {
        var world = World(limit: limit, burst: burst, silence: 60)
        world.ask(20_000)
        #expect(world.refused < 9, "\(world.refused)")
        #expect(world.seconds < 1.5 * 20_000 / limit + 300, "\(world.seconds) s")
    }

    /// A run may end with any answer, as one with a small budget does.
    @Test func aRunThatEndsEarlyLearnsNothingAbsurd() {
        var pace = Pace(ceiling: nil)
        pace.begin(below: 4)
        var now = 0.0
        for _ in 0..<40 {
            let asked = now
            now = pace.reserve(at: asked)
            pace.answered(hadWaited: now > asked, at: now)
            #expect((pace.sustained(at: now) ?? 0) < 5, "\(pace.sustained(at: now) ?? 0) after \(now) s")
        }
    }

    @Test func whatWasLearnedSparesTheNextNightItsRefusals() {
        var first = World(limit: 20.0 / 60, burst: 20, latency: 0.2)
        first.ask(200)
        var second = World(limit: 20.0 / 60, burst: 20, latency: 0.2)
        second.pace.begin(below: first.pace.sustained(at: first.seconds) ?? 0)
        second.ask(200)
        #expect(second.refused <= 3, "\(second.refused)")
        #expect(second.seconds < 1.15 * 200 * 3, "\(second.seconds) s")
    }

    /// Each refusal costs a second, so that 1 % of them leave 1 second for 100 requests at best.
    @Test(arguments: [(100, 3.5), (400, 3.0)]) func refusalsByChanceDoNotMakeItCrawl(every: Int, share: Double) {
        var world = World(refusesEvery: every)
        world.ask(4000)
        let best = 4000 / Double(every - 1) + 4000 * world.latency / 4
        #expect(world.seconds < share * best, "\(world.seconds) s, at best \(best) s")
    }

    /// The first costs a minute, each of the others five seconds.
    @Test func afterALongSilenceShortOnesDoNotMakeItCrawl() {
        var world = World(refusesEvery: 400, silence: 60)
        world.ask(700)
        let first = world.seconds
        world.silence = 5
        world.ask(8000)
        let best = 5 * 8000 / 399 + 8000 * world.latency / 4
        #expect(world.seconds - first < 4 * best, "\(world.seconds - first) s, at best \(best) s")
    }

    @Test func oneRefusalByChanceIsSoonMadeUpFor() {
        var world = World(refusesEvery: 1000)
        world.ask(1900)
        #expect(world.refused == 1)
        let best = 1 + 1900 * world.latency / 4
        #expect(world.seconds < 1.3 * best, "\(world.seconds) s, at best \(best) s")
    }

    @Test func droppedConnectionsHalveThePaceForAMoment() {
        var pace = Pace(ceiling: nil)
        pace.begin(below: 100)
        var now = 0.0
        func ask(_ count: Int) {
            for _ in 0..<count {
                now = pace.reserve(at: now)
                pace.answered(hadWaited: true, at: now)
            }
        }
        ask(60)
        let before = pace.rate
        pace.strained(at: now)
        #expect(pace.rate < 0.6 * before)
        ask(40)
        #expect(pace.rate > 0.85 * before)
    }

    @Test func whatIsLeftWithoutAnAnswerTellsTheLimit() {
        var pace = Pace(ceiling: nil)
        // Twenty a second; one that was sent in their midst is given up at their end.
        for tick in 1...40 { pace.answered(hadWaited: false, at: Double(tick) * 0.05) }
        pace.starved(sentAt: 1, at: 2)
        #expect((15...25).contains(pace.sustained(at: 2) ?? 0), "\(pace.sustained(at: 2) ?? 0)")
        // Then thirty in ten seconds before the next.
        for tick in 1...30 { pace.answered(hadWaited: true, at: 2 + Double(tick) * 0.3) }
        pace.starved(sentAt: 11, at: 13)
        #expect((2.5...3.5).contains(pace.sustained(at: 13) ?? 0), "\(pace.sustained(at: 13) ?? 0)")
        #expect(pace.rate < 2)
    }

    /// A page that gets no answer holds up the stage that waits for it.
    @Test func timeWithoutRequestsSaysNothingAboutTheLimit() {
        var pace = Pace(ceiling: nil)
        for tick in 1...24 { pace.answered(hadWaited: false, at: Double(tick) * 0.01) }
        pace.starved(sentAt: 0.3, at: 2.3)
        // Nobody asks for 18 seconds; then twenty a second and a burst of twenty are allowed.
        var now = 20.5
        for _ in 1...50 {
            now = pace.reserve(at: now)
            pace.answered(hadWaited: true, at: now)
        }
        pace.starved(sentAt: now, at: now + 2)
        #expect((10...40).contains(pace.sustained(at: now + 2) ?? 0), "\(pace.sustained(at: now + 2) ?? 0)")
    }

    @Test func droppedConnectionsDoNotMakeItCrawl() {
        var free = World(dropsEvery: 50)
        free.ask(4000)
        let least = 4000 * free.latency / 4
        #expect(free.seconds < 3 * least, "\(free.seconds) s, at least \(least) s")
        var limited = World(limit: 200, dropsEvery: 50)
        limited.ask(4000)
        #expect(limited.seconds < 1.5 * 4000 / 200, "\(limited.seconds) s")
    }

    @Test func theUsersOwnLimitIsNeverPassed() {
        var world = World()
        world.pace = Pace(ceiling: 50)
        world.ask(500)
        #expect(world.seconds >= 9.9)
        #expect(world.pace.rate <= 50)
    }
}
