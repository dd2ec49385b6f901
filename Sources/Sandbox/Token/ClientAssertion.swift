import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The signed JSON Web Token that identifies the client of a token request.
struct ClientAssertion {
    private let header: Header
    private let claims: Claims
    private let signed: [UInt8]
    private let signature: [UInt8]

    private struct Header: Decodable {
        let alg: String
        let kid: String?
    }

    private struct Claims: Decodable {
        let iss, sub, aud, jti: String?
        let iat, exp: Double?
    }

    init(_ text: String) throws(AssertionProblem) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            let header = Base64.decodeFromURL(parts[0]),
            let claims = Base64.decodeFromURL(parts[1]),
            let signature = Base64.decodeFromURL(parts[2])
        else { throw .malformed }
        do {
            self.header = try JSONDecoder().decode(Header.self, from: Data(header))
            self.claims = try JSONDecoder().decode(Claims.self, from: Data(claims))
        } catch {
            throw .malformed
        }
        signed = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    static let audience = "https://account.apple.com/auth/oauth2/v2/token"
    private static let longestLife = 180.0 * 86_400
    private static let tolerance = 300.0

    func verify(against credentials: SandboxCredentials, now: Moment) throws(AssertionProblem) {
        let seconds = Double(now.milliseconds) / 1000
        guard header.alg == "ES256" else { throw .algorithm }
        guard header.kid == credentials.keyID else { throw .keyID }
        guard let raw = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
            credentials.key.publicKey.isValidSignature(raw, for: signed)
        else { throw .signature }
        guard claims.iss == credentials.clientID else { throw .issuer }
        guard claims.sub == credentials.clientID else { throw .subject }
        guard claims.aud == Self.audience else { throw .audience }
        guard let issued = claims.iat, issued <= seconds + Self.tolerance else { throw .issuedInFuture }
        guard let expires = claims.exp, expires > seconds else { throw .expired }
        guard expires <= issued + Self.longestLife else { throw .livesTooLong }
        guard let id = claims.jti, !id.isEmpty else { throw .noID }
    }
}
