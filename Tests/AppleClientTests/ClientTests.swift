import Records
import Sandbox
import Stages
import TestSupport
import Testing

@testable import AppleClient

@Suite struct ClientTests {
    private let list = APITarget.path("/v1/orgDevices", query: [("limit", "1000")])

    @Test(arguments: [
        FaultKind.serverError, .unavailable, .reset, .truncate, .stall, .html, .badJSON, .expire, .tooMany,
    ])
    func faultsAreOvercome(kind: FaultKind) async throws {
        try await Account.with(
            .with {
                $0.faults = [Fault(kind, 0.4)]
                $0.stallSeconds = 3
            }
        ) { account in
            let client = try account.client(attempts: 12)
            for _ in 0..<4 {
                let document = try ResourceDocument(try await client.get(list))
                #expect(document.resources.count > 40)
            }
            await client.close()
            #expect(await account.sandbox.statistics.faults[kind, default: 0] > 0)
        }
    }

    @Test func aServerThatOnlyFailsIsGivenUp() async throws {
        try await Account.with(.with { $0.faults = [Fault(.serverError, 1)] }) { account in
            let client = try account.client(attempts: 3)
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(error?.kind == .unavailable)
            #expect(error?.message.contains("GET /v1/orgDevices: HTTP 500") == true, "\(error?.message ?? "")")
            #expect(client.requestCount == 3)
            await client.close()
        }
    }

    @Test func whatAClientAloneTalksToEndsWithIt() async throws {
        try await Account.with { account in
            let client = try AppleClient(
                account.settings,
                environment: [:],
                cacheFolder: nil,
                onClose: { await account.sandbox.stop() }
            )
            _ = try await client.get(list)
            await client.close()
            let late = try account.client(attempts: 1)
            await #expect(throws: APIError.self) { try await late.get(list) }
            await late.close()
        }
    }

    @Test func retryAfterHoldsForAllTasks() async throws {
        try await Account.with(
            .with {
                $0.rate = 5
                $0.burst = 2
            }
        ) { account in
            let client = try account.client()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { for _ in 0..<4 { _ = try await client.get(list) } }
                }
                try await group.waitForAll()
            }
            await client.close()
            let statistics = await account.sandbox.statistics
            #expect(statistics.refused > 0)
            #expect(statistics.tooEarly <= 3, "at most the requests that were under way")
        }
    }

    @Test func retryAfterHoldsAlsoWhereAppleIsUnavailable() async throws {
        try await Account.with(.with { $0.faults = [Fault(.unavailable, 1)] }) { account in
            let client = try account.client(attempts: 2)
            let began = ContinuousClock.now
            await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(ContinuousClock.now - began > .seconds(0.95))
            #expect(client.requestCount == 2)
            await client.close()
        }
    }

    @Test func onlyApplesOwnWordsSayThatAResourceIsMissing() async throws {
        try await Account.with(.with { $0.switches.noCoverage = .notFound }) { account in
            let client = try account.client()
            let fleet = account.sandbox.fleet
            let device = try #require(
                (0..<fleet.count).compactMap { fleet.device(at: $0) }.first {
                    $0.isListed && fleet.coverage(of: $0.index).isEmpty
                }
            )
            for (path, missing) in [
                ("/v1/orgDevices/\(device.serial)/appleCareCoverage", "appleCareCoverage"),
                ("/v1/orgDevices/NOSUCH0001/appleCareCoverage", "orgDevices"),
                ("/v1/orgDevices/\(device.serial)/appleCareCover", nil),
            ] {
                let error = await #expect(throws: APIError.self) { try await client.get(.path(path)) }
                #expect(error?.kind == .notFound)
                #expect(error?.missing == missing)
            }
            await client.close()
        }
    }

    @Test func aPageOfAProxySaysNothingOfWhatIsMissing() async throws {
        let page = "<html>There is no resource of type 'appleCareCoverage'</html>"
        let server = try CannedServer(
            "HTTP/1.1 404 Not Found\r\nContent-Length: \(page.utf8.count)\r\nConnection: close\r\n\r\n\(page)"
        )
        defer { server.stop() }
        try await Account.with { account in
            var other = account
            other.settings.apiURL = "http://127.0.0.1:\(server.port)"
            let client = try other.client()
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(error?.kind == .notFound)
            #expect(error?.missing == nil)
            await client.close()
        }
    }

    @Test func whatIsMissingIsNotAskedForAgain() async throws {
        try await Account.with { account in
            let client = try account.client()
            let error = await #expect(throws: APIError.self) {
                try await client.get(.path("/v1/orgDevices/NOSUCH0001"))
            }
            #expect(error?.kind == .notFound)
            #expect(client.requestCount == 1)
            await client.close()
        }
    }

    @Test func linksToOtherHostsAreNotFollowed() async throws {
        try await Account.with { account in
            let client = try account.client()
            for link in [
                "http://127.0.0.2:9/v1/orgDevices", "\(account.sandbox.apiURL).example.com/v1/orgDevices",
                "\(account.sandbox.apiURL)@example.com/v1/orgDevices", "file:///v1/orgDevices",
            ] {
                let error = await #expect(throws: APIError.self) { try await client.get(.link(link)) }
                #expect(error?.kind == .unsafe)
            }
            #expect(client.requestCount == 0)
            _ = try await client.get(.link("\(account.sandbox.apiURL)/v1/orgDevices?limit=5"))
            await client.close()
        }
    }

    @Test func aRefusedConnectionSaysWhere() async throws {
        try await Account.with { account in
            let client = try account.client(attempts: 2)
            await account.sandbox.stop()
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            #expect(error?.kind == .unavailable)
            #expect(error?.description.contains("cannot be reached") == true, "\(error?.description ?? "")")
            await client.close()
        }
    }

    @Test func aRetryThatTheRunHasNoTimeForSaysSo() async throws {
        try await Account.with(.with { $0.faults = [Fault(.serverError, 1)] }) { account in
            let client = try AppleClient(
                account.settings,
                environment: [:],
                cacheFolder: nil,
                patience: Patience(attempts: 9, firstBackoff: 20)
            )
            await client.begin(pace: nil, deadline: RunDeadline(instant: .now + .seconds(2), setting: "max_time 2s"))
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            await client.close()
            #expect(error?.kind == .outOfTime)
            #expect(client.requestCount == 1)
        }
    }

    @Test func cancellationEndsTheWait() async throws {
        try await Account.with(.with { $0.latencyMilliseconds = 5000 }) { account in
            let client = try account.client()
            let task = Task { try await client.get(list) }
            try await Task.sleep(for: .milliseconds(100))
            let began = ContinuousClock.now
            task.cancel()
            let error = await #expect(throws: APIError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
            #expect(ContinuousClock.now - began < .seconds(1))
            await client.close()
        }
    }
}
