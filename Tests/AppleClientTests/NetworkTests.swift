import Foundation
import Sandbox
import Stages
import Synchronization
import TestSupport
import Testing

@testable import AppleClient

/// Several sources on the connections of one process.
@Suite struct NetworkTests {
    private func client(_ account: Account, _ network: Network?) throws -> AppleClient {
        try AppleClient(
            account.settings,
            environment: [:],
            network: network,
            cacheFolder: nil,
            patience: Patience(attempts: 1),
            timeouts: Timeouts(connect: 2, idle: 0.7, total: 20)
        )
    }

    /// The file is gone before the second source asks: it can only know what the first one has read.
    @Test(arguments: [true, false]) func certificateAuthoritiesAreReadOnceForAllSources(areShared: Bool) async throws {
        try await withTemporaryFolder { folder in
            let made = try Program.run(
                "/bin/sh",
                [
                    "-c",
                    """
                    cd '\(folder)' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
                    -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
                    && cp cert.pem ca.pem
                    """,
                ]
            )
            #expect(made.status == 0, "\(made.errors)")
            let options = SandboxOptions.with(devices: 5) {
                $0.tlsCertificateFile = "\(folder)/cert.pem"
                $0.tlsKeyFile = "\(folder)/key.pem"
            }
            try await Account.with(options) { first in
                try await Account.with(options) { second in
                    var accounts = [first, second]
                    for index in accounts.indices {
                        let sandbox = accounts[index].sandbox
                        accounts[index].settings = try Account.settings(
                            of: sandbox,
                            extra: "  ca_file: \(folder)/ca.pem"
                        )
                    }
                    let network = areShared ? Network() : nil
                    let clients = try accounts.map { try client($0, network) }
                    _ = try await clients[0].get(.path("/v1/mdmServers"))
                    try FileManager.default.removeItem(atPath: "\(folder)/ca.pem")
                    if areShared {
                        _ = try await clients[1].get(.path("/v1/mdmServers"))
                    } else {
                        await #expect(throws: APIError.self) { try await clients[1].get(.path("/v1/mdmServers")) }
                    }
                    for client in clients { await client.close() }
                }
            }
        }
    }

    @Test func theEndOfOneSourceLeavesTheOthersAlone() async throws {
        try await Account.with { account in
            let network = Network()
            let clients = try (0..<2).map { _ in try client(account, network) }
            for client in clients { _ = try await client.get(.path("/v1/mdmServers")) }
            await clients[0].close()
            _ = try await clients[1].get(.path("/v1/mdmServers"))
            await clients[1].close()
        }
    }

    @Test func whatTheLibrarySaysIsForDebuggingOnly() async throws {
        try await Account.with { account in
            var account = account
            let port = try Loopback.freePort()
            account.settings.apiURL = "http://127.0.0.1:\(port)"
            let told = Told()
            let client = try AppleClient(
                account.settings,
                environment: [:],
                cacheFolder: nil,
                patience: Patience(attempts: 1),
                debug: { text in told.lines.withLock { $0.append(text) } }
            )
            let error = await #expect(throws: APIError.self) {
                try await client.get(.path("/v1/mdmServers", query: [("cursor", "c")]))
            }
            await client.close()
            let lines = told.lines.withLock { $0 }
            #expect(lines.count == client.requestCount)
            let line = try #require(lines.first)
            #expect(line.hasPrefix("GET http://127.0.0.1:\(port)/v1/mdmServers"), "\(line)")
            #expect(line.contains("Failed to connect to 127.0.0.1 port \(port)"), "\(line)")
            #expect(line.contains("(libcurl 7, errno"), "\(line)")
            #expect(!line.contains("cursor"))
            #expect(error?.message.contains("Failed to connect") == false)
        }
    }
}

private final class Told: Sendable { let lines = Mutex<[String]>([]) }
