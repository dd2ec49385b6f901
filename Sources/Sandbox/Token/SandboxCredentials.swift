import Crypto

/// The API account of a sandbox.
struct SandboxCredentials: Sendable {
    let clientID: String
    let keyID: String
    let key: P256.Signing.PrivateKey

    var privateKeyPEM: String { PrivateKeyPEM.text(key) }

    /// The IDs depend on the seed. The key is new unless given.
    init(seed: UInt64, platform: SandboxPlatform, key: P256.Signing.PrivateKey = P256.Signing.PrivateKey()) {
        var draw = Draw(seed, .credential, 0)
        clientID = platform.clientPrefix + UUIDText.draw(&draw)
        keyID = UUIDText.draw(&draw)
        self.key = key
    }
}
