import Crypto
import Foundation
import Sandbox

/// A client assertion that is right unless a test changes something.
struct SignedAssertion {
    var algorithm = "ES256"
    var keyID: String?
    var issuer: String?
    var subject: String?
    var audience = "https://account.apple.com/auth/oauth2/v2/token"
    var issuedAgo = 0.0
    var livesFor = 3600.0
    var id = "\"jti\":\"one\","
    var key: P256.Signing.PrivateKey?
    var isDER = false

    func text(_ sandbox: RunningSandbox) throws -> String {
        let now = Date().timeIntervalSince1970.rounded()
        let header = "{\"alg\":\"\(algorithm)\",\"kid\":\"\(keyID ?? sandbox.keyID)\",\"typ\":\"JWT\"}"
        let claims = """
            {\(id)"iss":"\(issuer ?? sandbox.clientID)","sub":"\(subject ?? sandbox.clientID)","aud":"\(audience)",\
            "iat":\(Int(now - issuedAgo)),"exp":\(Int(now - issuedAgo + livesFor))}
            """
        let signed = "\(Self.encoded(Data(header.utf8))).\(Self.encoded(Data(claims.utf8)))"
        let key = try key ?? P256.Signing.PrivateKey(pemRepresentation: sandbox.privateKeyPEM)
        let signature = try key.signature(for: Data(signed.utf8))
        return "\(signed).\(Self.encoded(isDER ? signature.derRepresentation : signature.rawRepresentation))"
    }

    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
