import AppleClient
import Records
import Sandbox
import Stages

/// `platform: sandbox`: a server in Apple's place. It runs as long as its client.
struct OwnSandbox {
    private let source: SourceSettings

    /// Nil if the source's platform is Apple's.
    init?(_ source: SourceSettings) {
        guard source.platform == .sandbox else { return nil }
        self.source = source
    }

    func connect(hiding secrets: Secrets, _ debug: (@Sendable (String) -> Void)?) async throws -> AppleClient {
        var options = SandboxOptions()
        options.devices = source.sandbox.devices
        options.seed = UInt64(clamping: source.sandbox.seed)
        options.night = source.sandbox.night
        let sandbox = try await Sandbox.start(options)
        var settings = source
        settings.apiURL = sandbox.apiURL
        settings.tokenURL = sandbox.tokenURL
        settings.clientID = sandbox.clientID
        settings.keyID = sandbox.keyID
        settings.privateKey = KeySetting(Secret(sandbox.privateKeyPEM))
        do {
            return try AppleClient(
                settings,
                environment: [:],
                secrets: secrets,
                cacheFolder: nil,
                debug: debug,
                onClose: { await sandbox.stop() }
            )
        } catch {
            await sandbox.stop()
            throw error
        }
    }
}
