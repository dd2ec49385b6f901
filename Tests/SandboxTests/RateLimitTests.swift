import Testing

@testable import Sandbox

@Suite struct RateLimitTests {
    private func refused(_ switches: [String] = []) async throws -> (reply: Reply, SandboxStatistics) {
        let options = try SandboxOptions.with {
            $0.rate = try SandboxOptions.rate(parsing: "1/m")
            $0.burst = 3
            $0.switches = try SandboxSwitches(parsing: switches)
        }
        let sandbox = try await Sandbox.start(options)
        let client = SandboxClient(sandbox: sandbox)
        let token = try await client.token()
        for _ in 0..<3 {
            let reply = try await client.get("/v1/mdmServers", token: token)
            #expect(reply.status == 200)
        }
        let reply = try await client.get("/v1/mdmServers", token: token)
        try await Task.sleep(for: .milliseconds(150))
        let again = try await client.get("/v1/mdmServers", token: token)
        #expect(again.status == 429)
        let statistics = await sandbox.statistics
        await sandbox.stop()
        return (reply, statistics)
    }

    @Test func overTheLimitTheAnswerSaysWhenToComeBack() async throws {
        let (reply, statistics) = try await refused()
        #expect(reply.status == 429)
        let wait = try #require(reply.headers["retry-after"].flatMap(Int.init))
        #expect((1...60).contains(wait))
        #expect(try reply.json["errors"]?[0]?["code"]?.text == "RATE_LIMIT_EXCEEDED")
        #expect(statistics.refused == 2)
        #expect(statistics.tooEarly == 1)
    }

    @Test func retryAfterIsADateWhenSwitched() async throws {
        let (reply, _) = try await refused(["retry-after=date"])
        let date = try #require(reply.headers["retry-after"])
        #expect(
            date.wholeMatch(of: /(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/) != nil
        )
    }

    @Test func retryAfterIsAbsentWhenSwitchedAndNobodyIsTooEarlyThen() async throws {
        let (reply, statistics) = try await refused(["retry-after=absent"])
        #expect(reply.status == 429)
        #expect(reply.headers["retry-after"] == nil)
        #expect(statistics.tooEarly == 0)
    }

    @Test(arguments: Throttle.allCases) func whatIsOverTheLimitSuffersAsChosen(throttle: Throttle) async throws {
        let options = SandboxOptions.with {
            $0.rate = 0.01
            $0.burst = 1
            $0.throttle = throttle
            $0.stallSeconds = 30
        }
        try await withSandbox(options) { client, token in
            let first = try await client.get("/v1/mdmServers", token: token)
            #expect(first.status == 200)
            let headers = [("Authorization", "Bearer \(token)"), ("Accept", "application/json")]
            let url = "\(client.sandbox.apiURL)/v1/mdmServers"
            let began = ContinuousClock.now
            let over = await Exchange.send("GET", url, headers: headers, seconds: 1)
            let waited = ContinuousClock.now - began
            switch throttle {
            case .refused: #expect(over.status == 429 && over.headers["retry-after"] != nil)
            case .silent: #expect(over.status == 429 && over.headers["retry-after"] == nil)
            case .stall: #expect(over.status == 0 && waited > .seconds(0.9))
            case .reset: #expect(over.status == 0 && waited < .seconds(0.9))
            }
            #expect(await client.sandbox.statistics.refused == 1)
        }
    }

    @Test func whatIsClosedStaysSoHoweverOftenItIsAsked() {
        var limit = RateLimit(rate: 1, burst: 1)
        let start = ContinuousClock.now
        #expect(limit.admit(now: start).wait == nil)
        limit.close(for: .seconds(60), now: start)
        for second in 1..<60 {
            #expect(limit.admit(now: start + .seconds(second)).wait != nil)
            limit.close(for: .seconds(60), now: start + .seconds(second))
        }
        #expect(limit.admit(now: start + .seconds(61)).wait == nil)
    }

    @Test func aBurstPassesAndThenTheRateHolds() {
        let start = ContinuousClock.now
        var bucket = TokenBucket(rate: 0.5, burst: 3, now: start)
        let atOnce = (0..<5).map { _ in bucket.take(now: start) }
        #expect(atOnce == [nil, nil, nil, 2, 2])
        #expect(bucket.take(now: start + .milliseconds(1500)) == 1)
        #expect(bucket.take(now: start + .milliseconds(2500)) == nil)
        #expect(bucket.take(now: start + .milliseconds(2500)) == 2)
        let later = (0..<4).map { _ in bucket.take(now: start + .seconds(3600)) }
        #expect(later == [nil, nil, nil, 2])
    }

    @Test func latencyDelaysTheApiButNotTheToken() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 300 }) { client, token in
            let slow = try await ContinuousClock().measure {
                _ = try await client.get("/v1/mdmServers", token: token)
            }
            #expect(slow >= .milliseconds(300))
        }
    }
}
