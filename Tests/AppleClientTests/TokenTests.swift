import Foundation
import Records
import Sandbox
import Stages
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

    /// Runs once, lets something happen to the file of its token, and runs again.
    private func tokensIssued(_ between: (_ file: String) throws -> Void) async throws -> Int {
        var issued = 0
        try await withTemporaryFolder { folder in
            try await Account.with { account in
                for _ in 0..<2 {
                    let client = try account.client(cache: folder)
                    _ = try await client.get(list)
                    await client.close()
                    let file = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
                    try between("\(folder)/\(file)")
                }
                issued = await account.sandbox.statistics.tokensIssued
            }
        }
        return issued
    }

    @Test func aTokenThatOthersCouldReadIsThrownAway() async throws {
        #expect(try await tokensIssued { _ in } == 1)
        let issued = try await tokensIssued { file in
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        }
        #expect(issued == 2)
    }

    @Test func aTokenOfATimeToComeIsNotBelieved() async throws {
        let issued = try await tokensIssued { file in
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let later = text.replacing(#""issuedAt":1"#, with: #""issuedAt":2"#)
            #expect(later != text)
            try later.write(toFile: file, atomically: false, encoding: .utf8)
        }
        #expect(issued == 2)
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

    @Test func aTokenEndpointThatKeepsRefusingIsGivenUp() async throws {
        try await Account.with(.with { $0.faults = [.init(.tooManyTokens, 1)] }) { account in
            let client = try account.client(attempts: 3)
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            await client.close()
            #expect(error?.failure.code == .sourceUnavailable)
            #expect(error?.message.hasSuffix("too many token requests for this client ID (429)") == true)
            #expect(await account.sandbox.statistics.requests == [.token: 3])
        }
    }

    /// The sandbox refuses assertions from the future and those that have ended, as Apple does.
    @Test(arguments: [(420, "7 min", "ahead of"), (-1830, "30 min", "behind")])
    func aClockThatIsOffIsNamed(seconds: Int64, size: String, direction: String) async throws {
        try await Account.with { account in
            let client = try AppleClient(account.settings, environment: [:], cacheFolder: nil) {
                Timestamp(microseconds: Timestamp.now.microseconds + seconds * 1_000_000)
            }
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            await client.close()
            #expect(error?.failure.code == .credentialsRefused)
            let message = error?.message ?? ""
            #expect(message.contains("this machine's clock is \(size)"), "\(message)")
            #expect(message.contains("\(direction) Apple's"), "\(message)")
        }
    }

    @Test func aKeyThatWorkedBeforeHasProbablyBeenRevoked() async throws {
        try await withTemporaryFolder { folder in
            try await Account.with { account in
                let before = try account.client(cache: folder)
                _ = try await before.get(list)
                await before.close()
                await account.sandbox.stop()
                // The same account at the same place, with another key.
                let port = account.sandbox.apiURL.split(separator: ":").last.flatMap { Int($0) } ?? 0
                let after = try await Sandbox.start(.with { $0.port = port })
                let client = try account.client(cache: folder)
                let error = await #expect(throws: APIError.self) { try await client.get(list) }
                await client.close()
                await after.stop()
                #expect(error?.failure.code == .credentialsRefused)
                #expect(error?.message.contains("the key has probably been revoked") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test(arguments: [
        ("<html>Please sign in</html>", "a web page instead of a token"),
        (#"{"access_token":"t","expires_in":"soon"}"#, "an `expires_in` that is not a number"),
        (#"{"access_token":"t","expires_in":"3600"}"#, "an `expires_in` that is not a number"),
        (#"{"access_token":"t","expires_in":-1}"#, "an `expires_in` that is not positive"),
        (#"{"token":"t"}"#, "no `access_token`"), ("{", "something other than JSON"), ("", "something other than JSON"),
        (#"{"access_token":"a\r\nX: y"}"#, "a token with characters that a header must not contain"),
        (#"{"access_token":"a\u0000"}"#, "a token with characters that a header must not contain"),
    ])
    func whatIsNoTokenIsSaidAtOnce(body: String, cause: String) async throws {
        let server = try CannedServer(CannedServer.http("200 OK", body))
        defer { server.stop() }
        try await Account.with { account in
            var account = account
            account.settings.tokenURL = server.url
            let client = try account.client(attempts: 6)
            let error = await #expect(throws: APIError.self) { try await client.get(list) }
            await client.close()
            #expect(error?.kind == .unavailable)
            #expect(error?.message == "the token endpoint \(server.url) answered HTTP 200 with \(cause)")
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: ["1e18", "18446744073709551616", "9223372036854775807"])
    func aTokenThatNeverEndsIsOne(lifetime: String) throws {
        let reply = try TokenReply(Array(#"{"access_token":"t","expires_in":\#(lifetime)}"#.utf8))
        #expect(reply.lifetime == 366 * 86_400)
    }
}
