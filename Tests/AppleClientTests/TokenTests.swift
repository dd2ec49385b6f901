import Foundation
import Pipeline
import Records
import Sandbox
import TestSupport
import Testing

@testable import AppleClient

@Suite struct TokenTests {
    private let list = APITarget.path("/v1/mdmServers")

    @Test func oneTokenServesManyRequestsAndRuns() async throws {
        try await withTemporaryFolder { folder in
            try await Account.with { account in
                for _ in 0..<2 {
                    let client = try account.client(cache: folder)
                    for _ in 0..<3 { _ = try await client.get(list) }
                    await client.close()
                }
                #expect(await account.sandbox.statistics.tokensIssued == 1)
            }
        }
    }

    @Test func theCachedTokenIsReadableByItsOwnerOnly() async throws {
        try await withTemporaryFolder { folder in
            try await Account.with { account in
                let client = try account.client(cache: "\(folder)/cache")
                _ = try await client.get(list)
                await client.close()
                let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/cache")
                #expect(files.count == 1)
                let file = try #require(files.first)
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/cache/\(file)")
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                let folderAttributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/cache")
                #expect(folderAttributes[.posixPermissions] as? Int == 0o700)
            }
        }
    }

    @Test func aTokenIsRenewedBeforeItsEnd() async throws {
        try await Account.with(.with { $0.tokenLifetimeSeconds = 30 }) { account in
            let client = try account.client()
            for _ in 0..<2 { _ = try await client.get(list) }
            await client.close()
            #expect(await account.sandbox.statistics.tokensIssued == 2)
        }
    }

    @Test func aTokenThatIsRefusedIsRenewedOnce() async throws {
        try await Account.with { account in
            let client = try account.client()
            _ = try await client.get(list)
            await account.sandbox.revokeTokens()
            _ = try await client.get(list)
            await client.close()
            #expect(await account.sandbox.statistics.tokensIssued == 2)
        }
    }

    @Test func tasksThatWaitTogetherGetOneToken() async throws {
        try await Account.with { account in
            let client = try account.client()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await client.get(list) } }
                try await group.waitForAll()
            }
            await client.close()
            #expect(await account.sandbox.statistics.tokensIssued == 1)
        }
    }

    @Test func aWrongKeyIDIsACredentialsFailureThatSaysWhatToCheck() async throws {
        try await Account.with { account in
            var wrong = account
            wrong.settings = try Account.settings(of: account.sandbox, keyID: "00000000-0000-0000-0000-000000000000")
            let client = try wrong.client()
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            await client.close()
            #expect(error?.kind == .credentialsRefused)
            #expect(error?.failure.code == .credentialsRefused)
            #expect(error?.description.contains("invalid_client") == true)
            #expect(error?.description.contains("key_id") == true)
        }
    }

    @Test func aFullTokenEndpointIsWaitedFor() async throws {
        try await Account.with(.with { $0.faults = [.init(.tooManyTokens, 0.5)] }) { account in
            let client = try account.client()
            _ = try await client.get(list)
            await client.close()
        }
    }
}
