import Crypto

/// A P-256 key in Apple's form: SEC1, not PKCS#8.
enum PrivateKeyPEM {
    static func text(_ key: P256.Signing.PrivateKey) -> String {
        let version: [UInt8] = [0x02, 0x01, 0x01]
        let secret: [UInt8] = [0x04, 0x20] + key.rawRepresentation
        let curve: [UInt8] = [0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        let open: [UInt8] = [0xA1, 0x44, 0x03, 0x42, 0x00] + key.publicKey.x963Representation
        let content = version + secret + curve + open
        let base64 = Base64.encode([0x30, UInt8(content.count)] + content)
        var lines = ["-----BEGIN EC PRIVATE KEY-----"]
        var rest = base64[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        lines.append("-----END EC PRIVATE KEY-----\n")
        return lines.joined(separator: "\n")
    }
}
