import Crypto
import Synchronization

/// The valid bearer tokens.
final class AccessTokens: Sendable {
    private let lifetime: Duration
    private let expiries = Mutex<[String: ContinuousClock.Instant]>([:])

    init(lifetimeSeconds: Int) {
        lifetime = .seconds(lifetimeSeconds)
    }

    func issue() -> String {
        let body = SymmetricKey(size: .bits256).withUnsafeBytes { Base64.encodeForURL($0) }
        let header = Base64.encodeForURL("{\"alg\":\"dir\",\"enc\":\"A256GCM\"}".utf8)
        let token = "\(header)..\(body)"
        let now = ContinuousClock.now
        expiries.withLock { tokens in
            tokens = tokens.filter { $0.value > now }
            tokens[token] = now + lifetime
        }
        return token
    }

    func isValid(_ token: String) -> Bool {
        expiries.withLock { $0[token].map { $0 > .now } ?? false }
    }

    func revoke(_ token: String) {
        expiries.withLock { $0[token] = nil }
    }

    func revokeAll() {
        expiries.withLock { $0 = [:] }
    }
}
