import Records
import Sandbox
import Stages
import TestSupport
import Testing

@testable import AppleClient

/// Limits that show in other ways than by a 429 that names a wait.
@Suite struct ThrottleTests {
    /// Sends this many requests at once; returns the time taken and the number of requests.
    private func ask(_ count: Int, _ options: SandboxOptions) async throws -> (seconds: Double, requests: Int) {
        try await Account.with(options) { account in
            let client = try account.client(attempts: 12)
            await client.begin(pace: nil, deadline: nil)
            let began = ContinuousClock.now
            var answers: Set<Int> = []
            try await client.ask(count, tries: nil) { _ in
                .path("/v1/mdmServers")
            } _: { given in
                for answer in given {
                    if case .success = answer.result { answers.insert(answer.number) }
                }
                return true
            }
            #expect(answers.count == count)
            let seconds = (ContinuousClock.now - began).inSeconds
            await client.close()
            return (seconds, client.requestCount)
        }
    }

    @Test(arguments: [Throttle.stall, .reset]) func aLimitThatShowsByNoAnswerIsKept(throttle: Throttle) async throws {
        let (seconds, requests) = try await ask(
            160,
            .with(devices: 5) {
                $0.rate = 20
                $0.burst = 20
                $0.throttle = throttle
            }
        )
        let floor = (160.0 - 20) / 20
        #expect(seconds < 3 * floor, "\(seconds) s, at best \(floor) s")
        #expect(requests - 160 < 24, "\(requests - 160) requests were lost")
    }

    /// One in a hundred, on a network that has no limit.
    @Test func stallsByChanceDoNotMakeItCrawl() async throws {
        let (seconds, requests) = try await ask(
            1000,
            .with(devices: 5) {
                $0.faults = [Fault(.stall, 0.01)]
                $0.stallSeconds = 3
            }
        )
        #expect(seconds < 12, "\(seconds) s")
        #expect(requests < 1050, "\(requests) requests")
    }

    @Test func aPageThatStallsIsGivenUpByThePagesSeen() async throws {
        let options = SandboxOptions.with(devices: 300) {
            $0.rate = 0.01
            $0.burst = 1
            $0.throttle = .stall
        }
        try await Account.with(options) { account in
            let client = try account.client(attempts: 1, idle: 20)
            await client.begin(pace: nil, deadline: nil)
            _ = try await client.get(.path("/v1/orgDevices", query: [("limit", "1000")]))
            let began = ContinuousClock.now
            await #expect(throws: APIError.self) { try await client.get(.path("/v1/mdmServers")) }
            let seconds = (ContinuousClock.now - began).inSeconds
            #expect((4..<12).contains(seconds), "\(seconds) s")
            await client.close()
        }
    }

    @Test func aSlowNetworkIsNoLimit() async throws {
        let (seconds, requests) = try await ask(80, .with(devices: 5) { $0.latencyMilliseconds = 300 })
        #expect(seconds < 6, "\(seconds) s")
        #expect(requests == 80)
    }

    @Test func answersComeTogetherAndAreStoppedTogether() async throws {
        try await Account.with(.with(devices: 5) { $0.latencyMilliseconds = 20 }) { account in
            let client = try account.client()
            var numbers: [Int] = []
            try await client.ask(500, tries: nil) { _ in
                .path("/v1/mdmServers")
            } _: { answers in
                numbers += answers.map(\.number)
                return numbers.count < 60
            }
            #expect(Set(numbers).count == numbers.count)
            #expect((60..<250).contains(numbers.count), "\(numbers.count)")
            #expect(client.requestCount == numbers.count, "what was not sent counts for nothing")
            await client.close()
        }
    }

    @Test func whatCannotBeAskedIsOneAnswerAmongOthers() async throws {
        try await Account.with(.with(devices: 5)) { account in
            let client = try account.client()
            var kinds: [Int: APIError.Kind] = [:]
            var good = 0
            try await client.ask(30, tries: nil) { number in
                switch number {
                case 3: .link("https://elsewhere.example/v1/orgDevices")
                case 7: .path("/v1/orgDevices/NOSUCH0001")
                default: .path("/v1/mdmServers")
                }
            } _: { answers in
                for answer in answers {
                    if case .failure(let error) = answer.result { kinds[answer.number] = error.kind } else { good += 1 }
                }
                return true
            }
            await client.close()
            #expect(kinds == [3: .unsafe, 7: .notFound])
            #expect(good == 28)
        }
    }
}
