import Foundation
import Records
import Sandbox
import Stages
import Synchronization
import TestSupport
import Testing

@testable import AppleClient

/// The sandbox's answers, changed at random and sent over a socket. `make fuzz` asks for a million of them.
@Suite struct ChangedAnswerTests {
    private static let answers = ProcessInfo.processInfo.environment["AXPORT_FUZZ_ANSWERS"].flatMap(Int.init) ?? 2000
    private static let seed = ProcessInfo.processInfo.environment["AXPORT_FUZZ_SEED"].flatMap(Int.init) ?? 1

    @Test func noAnswerCrashesTheClientOrHoldsItUpOrMakesItTellASecret() async throws {
        try await withTemporaryFolder { folder in
            try await Account.with(.with(devices: 60)) { account in
                let server = try ChangedAnswers(of: account.sandbox, seed: Self.seed, share: 0.8, in: folder)
                defer { server.stop() }
                var changed = account
                changed.settings.apiURL = server.url
                changed.settings.tokenURL = "\(server.url)/auth/oauth2/token"
                let asking = Asking(account: changed, fleet: account.sandbox.fleet, answers: Self.answers)
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<96 { group.addTask { await asking.ask() } }
                    await group.waitForAll()
                }
                let (asked, read) = asking.done
                #expect(asked >= Self.answers)
                // Otherwise the changes are such that nothing behind the first look at an answer is tried.
                #expect(read > asked / 20, "\(read) answers of \(asked) could be read")
                print("\(asked) answers, \(read) of them a list that could be read")
            }
        }
    }
}

/// What several tasks do until there were enough answers.
private struct Asking: Sendable {
    let account: Account
    let targets: [APITarget]
    private let counts: Counts
    private let answers: Int

    private final class Counts: Sendable {
        let asked = Atomic<Int>(0)
        let read = Atomic<Int>(0)
    }

    init(account: Account, fleet: Fleet, answers: Int) {
        self.account = account
        self.answers = answers
        counts = Counts()
        let lists = ["/v1/orgDevices", "/v1/mdmServers", "/v1/auditEvents"]
        let servers = fleet.servers.map { "/v1/mdmServers/\($0.id)/relationships/devices" }
        let devices = (0..<fleet.count).map { "/v1/orgDevices/\(fleet.serial(at: $0))/appleCareCoverage" }
        targets = (lists + servers + devices).map { .path($0) }
    }

    var done: (asked: Int, read: Int) {
        (counts.asked.load(ordering: .relaxed), counts.read.load(ordering: .relaxed))
    }

    /// Begins with a new client soon: dropped connections and refusals slow one down, as they should, until its time is
    /// over.
    func ask() async {
        while done.asked < answers, !Task.isCancelled {
            guard let client = try? account.hastyClient() else {
                Issue.record("no client")
                return
            }
            await client.begin(pace: nil, deadline: RunDeadline(instant: .now + .seconds(5), setting: "a test"))
            for _ in 0..<8 where done.asked < answers {
                guard let target = targets.randomElement(), await asks(client, target) else { break }
            }
            counts.asked.add(client.requestCount, ordering: .relaxed)
            await client.close()
        }
    }

    /// Whether it is worth asking the same client again.
    private func asks(_ client: AppleClient, _ target: APITarget) async -> Bool {
        let began = ContinuousClock.now
        defer { #expect(ContinuousClock.now - began < .seconds(10), "\(target)") }
        do {
            let body = try await client.get(target)
            if (try? ResourceDocument(body))?.isList == true { counts.read.add(1, ordering: .relaxed) }
            return true
        } catch {
            check("\(error)")
            return [.notFound, .badRequest, .forbidden, .unavailable].contains(error.kind)
        }
    }

    private func check(_ text: String) {
        #expect(!text.contains("CANARY"), "\(text)")
        // The signature of a client assertion.
        #expect(text.firstMatch(of: /\.[A-Za-z0-9_-]{86}/) == nil, "\(text)")
        let isRaw = text.unicodeScalars.contains {
            $0.value < 32 || $0.value == 127 || (0x202A...0x202E).contains($0.value)
        }
        #expect(!isRaw, "\(text.debugDescription)")
        #expect(text.count < 5000)
    }
}

extension Account {
    /// A client that hardly waits and tries hardly anything twice.
    fileprivate func hastyClient() throws -> AppleClient {
        try AppleClient(
            settings,
            environment: [:],
            cacheFolder: nil,
            patience: Patience(attempts: 2, firstBackoff: 0.001, longestBackoff: 0.001, longestWait: 0.02),
            timeouts: Timeouts(connect: 2, idle: 0.3, total: 2)
        )
    }
}
