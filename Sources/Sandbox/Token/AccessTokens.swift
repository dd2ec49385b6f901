import Crypto
import Synchronization

/// The valid bearer tokens of an organization.
final class AccessTokens: Sendable {
    private let organization: Int
    private let lifetime: Duration
    private let expiries = Mutex<[String: ContinuousClock.Instant]>([:])

    init(lifetimeSeconds: Int, organization: Int) {
        self.organization = organization
        lifetime = .seconds(lifetimeSeconds)
    }

    func issue() -> String {
        let body = SymmetricKey(size: .bits256).withUnsafeBytes { Base64.encodeForURL($0) }
        let header = Base64.encodeForURL("{\"alg\":\"dir\",\"enc\":\"A256GCM\"}".utf8)
        let token = "\(header).\(organization).\(body)"
        let now = ContinuousClock.now
        expiries.withLock { tokens in
            tokens = tokens.filter { $0.value > now }
            tokens[token] = now + lifetime
        }
        return token
    }

    /// The place of the organization that a token was issued for, valid or not; nil if no sandbox issued it.
    static func organization(of token: String) -> Int? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 ? Int(parts[1]) : nil
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
