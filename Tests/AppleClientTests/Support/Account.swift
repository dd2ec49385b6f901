import Foundation
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport

@testable import AppleClient

/// A sandbox and the settings of a source that reaches it.
struct Account: Sendable {
    let sandbox: RunningSandbox
    var settings: SourceSettings

    /// Starts a sandbox, runs the test and stops it.
    @discardableResult
    static func with<Result>(
        _ options: SandboxOptions = .with(devices: 50),
        _ test: (Account) async throws -> Result
    ) async throws -> Result {
        let sandbox = try await Sandbox.start(options)
        do {
            let result = try await test(Account(sandbox: sandbox, settings: try settings(of: sandbox)))
            await sandbox.stop()
            return result
        } catch {
            await sandbox.stop()
            throw error
        }
    }

    static func settings(of sandbox: RunningSandbox, keyID: String? = nil, extra: String = "") throws -> SourceSettings
    {
        let environment = Environment.only(["KEY": sandbox.privateKeyPEM])
        let yaml = """
            source:
              platform: business
              client_id: \(sandbox.clientID)
              key_id: \(keyID ?? sandbox.keyID)
              private_key: ${env:KEY}
              api_url: \(sandbox.apiURL)
              token_url: \(sandbox.tokenURL)
            \(extra)
            extract: nothing
            """
        let nothing = StageSpec<any Extractor>(
            "nothing",
            "Asks nothing.",
            example: "nothing",
            build: { () throws(PlanError) -> any Extractor in Nothing() }
        )
        let catalog = Catalog(extractors: [nothing], transforms: [], loaders: [])
        return try Planning(catalog, environment: environment, startedAt: .now, needsLoad: false)
            .onePlan(for: PipelineText(yaml, file: "test"))
            .source
    }

    /// A client that waits milliseconds where a real one waits seconds.
    func client(
        environment: [String: String] = [:],
        cache: String? = nil,
        attempts: Int = 8,
        idle: Double = 0.7
    ) throws -> AppleClient {
        try AppleClient(
            settings,
            environment: environment,
            cacheFolder: cache,
            patience: Patience(attempts: attempts, firstBackoff: 0.01, longestBackoff: 0.05, longestWait: 5),
            timeouts: Timeouts(connect: 2, idle: idle, total: 20)
        )
    }
}

private struct Nothing: Extractor {
    var adds: [Field] { [] }
    func forecast(_ context: ForecastContext) throws -> Forecast { Forecast([]) }
    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint] { [] }
    func sync(_ context: SyncContext) async throws {}
}
