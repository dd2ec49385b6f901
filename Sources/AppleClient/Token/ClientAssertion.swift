import Crypto
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The JWT with which an API account proves who it is (AppleClient/README.md section 2.2).
struct ClientAssertion {
    /// Apple's token endpoint uses the same audience for every API.
    static let audience = "https://account.apple.com/auth/oauth2/v2/token"
    /// Long enough for a slow clock, short enough to be of little use to a thief. Apple allows 180 days.
    static let lifetime: Int64 = 20 * 60

    let clientID: String
    let keyID: String
    let key: PrivateKey

    func signed(at now: Timestamp) throws -> String {
        let issued = now.microseconds / 1_000_000
        let header = #"{"alg":"ES256","kid":\#(Self.quoted(keyID)),"typ":"JWT"}"#
        let claims = """
            {"iss":\(Self.quoted(clientID)),"sub":\(Self.quoted(clientID)),"aud":"\(Self.audience)",\
            "iat":\(issued),"exp":\(issued + Self.lifetime),"jti":"\(UUID().uuidString)"}
            """
        let signed = Self.base64URL(header.utf8) + "." + Self.base64URL(claims.utf8)
        let signature = try key.key.signature(for: Data(signed.utf8))
        // JOSE wants r and s side by side, not ASN.1.
        return signed + "." + Self.base64URL(signature.rawRepresentation)
    }

    private static func quoted(_ text: String) -> String {
        var json: [UInt8] = []
        JSONText.append(string: text, to: &json)
        return String(decoding: json, as: UTF8.self)
    }

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
